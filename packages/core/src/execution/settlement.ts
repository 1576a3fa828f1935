import { serializeError } from '../errors/espalier-error.js';
import type { NodeEndEvent, RecordBody, StateWrite } from '../events/event.js';
import type { Json } from '../schema/json.js';
import type { NodeRun } from './node-run.js';
import { settlementMarks } from './settlement-marks.js';

/** How one run of a node came out. A cancelled one never settles: its subscription just ends. */
export interface Settlement {
  readonly run: NodeRun;
  readonly status: 'completed' | 'failed';
  readonly output: unknown;
  readonly error: unknown;
  readonly writes: readonly StateWrite[];
}

export const noWrites: readonly StateWrite[] = Object.freeze([]);

/** The record of a settlement. */
export function endRecord(settlement: Settlement): RecordBody {
  const { run, status, output, error, writes } = settlement;
  const body: { -readonly [K in keyof NodeEndEvent]?: NodeEndEvent[K] } = {
    type: 'node-end',
    node: run.path,
    attempt: run.attempt(),
    status,
  };
  if (status === 'failed') body.error = serializeError(error);
  else if (output !== undefined) body.output = output as Json;
  if (writes.length > 0) body.writes = [...writes];
  const { sensitive } = settlementMarks(settlement);
  if (sensitive !== undefined) body.sensitive = sensitive;
  return body as RecordBody;
}
