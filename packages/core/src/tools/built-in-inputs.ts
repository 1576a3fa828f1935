import { describeValue } from '../errors/espalier-error.js';
import type { SchemaOf } from '../schema/schema.js';

/** Arguments of a tool that takes none. What a model gives all the same is ignored. */
export const emptyInput: SchemaOf<Record<string, never>> = {
  name: 'no arguments',
  jsonSchema: { type: 'object', properties: {}, additionalProperties: false },
  validate: () => ({ valid: true, value: {} }),
};

/** Arguments of an agent as a tool, where `asTool` names none. */
export const taskInput = textInput('task', 'What to do, in full sentences.');

/** One argument that is a text. */
export function textInput<N extends string>(name: N, description: string): SchemaOf<Readonly<Record<N, string>>> {
  return {
    name,
    jsonSchema: {
      type: 'object',
      properties: { [name]: { type: 'string', description } },
      required: [name],
      additionalProperties: false,
    },
    validate(value) {
      const text = ((value ?? {}) as Partial<Record<N, unknown>>)[name];
      if (typeof text === 'string' && text !== '') return { valid: true, value: { [name]: text } as Record<N, string> };
      return { valid: false, issues: [{ path: `$.${name}`, message: `expected text, got ${describeValue(text)}` }] };
    },
  };
}
