import { isPromise } from '../journal/maybe-promise.js';
import type { Execution } from './execution.js';
import { endRecord, type Settlement } from './settlement.js';

/** Records how a node run came out; what comes of that follows only when the record is kept. */
export function keepSettlement(
  execution: Execution,
  settlement: Settlement,
  then: (settlement: Settlement) => void,
): void {
  try {
    const kept = execution.engine.record(endRecord(settlement));
    if (isPromise(kept)) {
      kept
        .then(() => (execution.stopReason === undefined ? then(settlement) : takeLate(execution, settlement)))
        .catch((fault: unknown) => execution.broke(fault));
    } else then(settlement);
  } catch (fault) {
    execution.broke(fault);
  }
}

/** What was on its way to the journal when the run stopped is on record, so the outcome shows it. */
function takeLate(execution: Execution, { run, status, output, error, writes }: Settlement): void {
  if (run.path !== run.compiled.name) return; // an item, an iteration or a nested agent
  execution.settleNode(run.order, status, output, error, run.frontierAfter(writes));
}
