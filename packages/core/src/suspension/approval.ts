import { describeValue } from '../errors/espalier-error.js';
import type { Attempt } from '../execution/attempt.js';
import type { Json } from '../schema/json.js';
import type { SchemaOf } from '../schema/schema.js';
import type { Marks } from '../sensitive/learn.js';
import { suspend } from './suspend.js';

/** What a person says about a tool call. */
export interface Approval {
  readonly approved: boolean;
  readonly reason?: string;
}

/** `true`, `false`, or `{ approved, reason }`. */
const approvalSchema: SchemaOf<Approval> = {
  name: 'approval',
  jsonSchema: {
    anyOf: [
      { type: 'boolean' },
      {
        type: 'object',
        properties: { approved: { type: 'boolean' }, reason: { type: 'string' } },
        required: ['approved'],
        additionalProperties: false,
      },
    ],
  },
  validate(value) {
    if (typeof value === 'boolean') return { valid: true, value: { approved: value } };
    const { approved, reason } = (value ?? {}) as { readonly approved?: unknown; readonly reason?: unknown };
    if (typeof approved !== 'boolean') {
      const message = `expected true, false or { approved, reason }, got ${describeValue(value)}`;
      return { valid: false, issues: [{ path: '$', message }] };
    }
    if (reason === undefined) return { valid: true, value: { approved } };
    if (typeof reason === 'string') return { valid: true, value: { approved, reason } };
    return { valid: false, issues: [{ path: '$.reason', message: `expected text, got ${describeValue(reason)}` }] };
  },
};

/**
 * Asks a person whether a tool may run. The answer is for this call in this attempt: in another attempt the model may
 * ask for something else under the same id.
 */
export async function approve(attempt: Attempt, step: string, request: Json, marks: Marks): Promise<Approval> {
  const tries = attempt.attempt === 1 ? '' : `#${attempt.attempt}`;
  const wait = {
    step: `${step}/approval${tries}`,
    attempt: attempt.attempt,
    signal: step,
    schema: approvalSchema,
    request,
    marks,
  };
  return (await suspend(attempt, wait)) as unknown as Approval;
}
