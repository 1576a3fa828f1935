import type { Workflow } from '../graph/workflow.js';
import type { Json } from '../schema/json.js';
import { toPlain } from '../schema/plain.js';
import type { StartOptions } from './run.js';
import { checkedRunId } from './run-id.js';

/** What a run is to be begun with, as plain data. */
export interface StartOrder {
  readonly runId: string;
  readonly identity?: Json;
  /** @throws not-plain-data */
  input(): Json | undefined;
}

/** @throws option-invalid, not-plain-data */
export function startOrder(
  { name }: Pick<Workflow, 'name'>,
  input: unknown,
  { runId = globalThis.crypto.randomUUID(), identity: by }: StartOptions,
): StartOrder {
  const identity = toPlain(by, { what: 'the identity given to start' });
  return {
    runId: checkedRunId(runId, 'start({ runId })'),
    ...(identity === undefined ? {} : { identity }),
    input: () => toPlain(input, { what: `the input of workflow '${name}'` }),
  };
}
