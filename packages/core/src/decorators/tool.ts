import { type ToolOptions, toolsKey } from '../metadata/agent-metadata.js';

/**
 * Lets the model of this agent call the method.
 *
 * The method takes the arguments that the model gives, checked against `input` or the class of the first parameter,
 * and may take a `ToolContext` after it. It returns plain data. `@Timeout`, `@Retry` and the other policies may
 * stand on it too.
 *
 * @param options what the tool does, in the words that the model reads, or all options
 * @example
 * \@Tool('Search the knowledge base')
 * search(query: SearchQuery): Promise<Hit[]> { return this.index.find(query.text, query.limit); }
 */
export function Tool(options: string | ToolOptions): MethodDecorator {
  const given = typeof options === 'string' ? { description: options } : options;
  return (prototype, member) => {
    const method = String(member);
    const parameters = Reflect.getMetadata('design:paramtypes', prototype, member) as readonly unknown[] | undefined;
    const own = new Map(toolsKey.read(prototype));
    own.set(method, Object.freeze({ ...given, method, parameters }));
    toolsKey.write(prototype, own);
  };
}
