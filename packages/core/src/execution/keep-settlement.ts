import { isPromise } from '../journal/maybe-promise.js';
import type { RunScope } from './run-scope.js';
import { endRecord, type Settlement } from './settlement.js';

/** Records how a node run came out; what comes of that follows only when the record is kept. */
export function keepSettlement(
  execution: RunScope,
  settlement: Settlement,
  then: (settlement: Settlement) => void,
): void {
  try {
    const kept = execution.engine.record(endRecord(settlement));
    if (isPromise(kept)) {
      kept
        .then(() => (execution.stopReason === undefined ? then(settlement) : execution.takeLate(settlement)))
        .catch((fault: unknown) => execution.broke(fault));
    } else then(settlement);
  } catch (fault) {
    execution.broke(fault);
  }
}
