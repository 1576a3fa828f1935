import { describeValue } from '../errors/espalier-error.js';
import type { SchemaOf } from '../schema/schema.js';

/** Arguments of a tool that takes none. What a model gives all the same is ignored. */
export const emptyInput: SchemaOf<Record<string, never>> = {
  name: 'no arguments',
  jsonSchema: { type: 'object', properties: {}, additionalProperties: false },
  validate: () => ({ valid: true, value: {} }),
};

/** Arguments of an agent as a tool, where `asTool` names none. */
export const taskInput: SchemaOf<{ readonly task: string }> = {
  name: 'task',
  jsonSchema: {
    type: 'object',
    properties: { task: { type: 'string', description: 'What to do, in full sentences.' } },
    required: ['task'],
    additionalProperties: false,
  },
  validate(value) {
    const { task } = (value ?? {}) as { task?: unknown };
    if (typeof task === 'string' && task !== '') return { valid: true, value: { task } };
    return { valid: false, issues: [{ path: '$.task', message: `expected text, got ${describeValue(task)}` }] };
  },
};
