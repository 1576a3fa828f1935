import { EspalierError } from '../errors/espalier-error.js';
import { type ToolOptions, type ToolPolicies, toolsKey } from '../metadata/agent-metadata.js';
import { policiesFrom } from '../policies/order.js';
import { recordPolicy } from '../policies/record-policy.js';

/**
 * Lets the model of this agent call the method.
 *
 * The method takes the arguments that the model gives, checked against `input` or the class of the first parameter,
 * and may take a `ToolContext` after it. It returns plain data. `@Timeout`, `@Retry` and the other policies may
 * stand on it too, or among the options.
 *
 * @param options what the tool does, in the words that the model reads, or all options
 * @throws option-invalid, policy-invalid
 * @example
 * \@Tool('Search the knowledge base')
 * search(query: SearchQuery): Promise<Hit[]> { return this.index.find(query.text, query.limit); }
 *
 * \@Tool({ description: 'Refund an order', approval: true, timeout: '10s', idempotencyKey: ({ order }) => order })
 * refund({ order }: Refund, { idempotencyKey }: ToolContext) { return this.bank.refund(order, idempotencyKey); }
 */
export function Tool(options: string | (ToolOptions & ToolPolicies)): ToolDecorator {
  const { timeout, retry, concurrency, rateLimit, circuitBreaker, cache, ...given } =
    typeof options === 'string' ? ({ description: options } as ToolOptions & ToolPolicies) : options;
  const policies = policiesFrom({ timeout, retry, concurrency, rateLimit, circuitBreaker, cache } as ToolPolicies);
  return (prototype: object, member: string, descriptor: PropertyDescriptor) => {
    const own = new Map(toolsKey.read(prototype));
    const method = checkedMethod(prototype, member, descriptor, own);
    const parameters = Reflect.getMetadata('design:paramtypes', prototype, member) as readonly unknown[] | undefined;
    own.set(method, Object.freeze({ ...given, method, parameters }));
    toolsKey.write(prototype, own);
    for (const policy of policies) recordPolicy(policy)(prototype, method);
  };
}

/** A decorator of methods of instances: a static method belongs to no agent, an accessor takes no arguments. */
export type ToolDecorator = <P extends object, M>(
  prototype: P & OfInstances<P>,
  member: string,
  descriptor: TypedPropertyDescriptor<M> & Callable<M>,
) => void;

// What is wrong is a property's name: so the compiler says it in its first line.

type OfInstances<P> = P extends abstract new (
  ...args: never[]
) => unknown
  ? { readonly 'A tool is a method of an instance, not a static one': never }
  : unknown;

type Callable<M> = M extends (...args: never[]) => unknown
  ? unknown
  : { readonly 'A tool is a method, not an accessor': never };

/** Reports at once what can never work, so that the stack points at the decorator. */
function checkedMethod(
  prototype: object,
  member: unknown,
  descriptor: PropertyDescriptor | undefined,
  own: ReadonlyMap<string, unknown>,
): string {
  const isStatic = typeof prototype === 'function';
  const className = (isStatic ? prototype : prototype.constructor).name;
  const place = `${className}.${String(member)}`;
  const wrong = (problem: string, hint: string): EspalierError =>
    new EspalierError('option-invalid', `@Tool on ${place}: ${problem}.`, { hint, where: { class: place } });
  if (isStatic) {
    throw wrong('a tool is a method of an instance, not a static one', `Remove \`static\` from ${String(member)}.`);
  }
  if (typeof member !== 'string') {
    throw wrong('a model can only call a method whose name is text, not a symbol', 'Give the method a name.');
  }
  if (typeof descriptor?.value !== 'function') {
    const what = descriptor === undefined ? 'a property' : 'an accessor';
    throw wrong(`a tool is a method, not ${what}`, `Write ${member}(input: Input) { … } instead.`);
  }
  if (own.has(member)) throw wrong('it stands there twice', 'Keep one @Tool on the method.');
  return member;
}
