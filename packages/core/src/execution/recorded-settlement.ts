import type { Observable as ObservableType } from 'rxjs';
import { Observable } from 'rxjs/internal/Observable';
import type { RecordedHistory } from '../engine/recorded-history.js';
import { deserializeError } from '../errors/espalier-error.js';
import { toPlain } from '../schema/plain.js';
import type { NodeRun } from './node-run.js';
import { noWrites, type Settlement } from './settlement.js';

/** How a node run came out before the run was taken over, if it did. */
export function recordedSettlement(run: NodeRun, history: RecordedHistory): ObservableType<Settlement> | undefined {
  const end = history.end(run.path);
  if (end === undefined || end.type === 'node-skip') return undefined;
  const settlement: Settlement = {
    run,
    status: end.status as 'completed' | 'failed',
    output: toPlain(end.output, { node: run.path }),
    error: end.error === undefined ? undefined : deserializeError(end.error),
    writes: end.writes ?? noWrites,
  };
  return new Observable((subscriber) => {
    subscriber.next(settlement);
    subscriber.complete();
  });
}
