import type { RecordedPath, RecordedStep } from './recorded-path.js';
import { turns } from './turns.js';

/**
 * Gives a step its recorded result when its turn has come: within one run of a node, results come in the order in which
 * they came before, so that code that does several things at once meets the same race.
 */
export function deliver(run: RecordedPath, step: RecordedStep, give: () => void): void {
  if (step.delivered) {
    give(); // it counts for all attempts, and an earlier one has had it
    return;
  }
  step.deliver = give;
  run.waiting += 1;
  if (!run.isDelivering) void deliverDue(run);
}

async function deliverDue(run: RecordedPath): Promise<void> {
  run.isDelivering = true;
  for (;;) {
    const step = nextDue(run);
    if (step?.deliver === undefined) break;
    step.delivered = true;
    run.next += 1;
    run.waiting -= 1;
    step.deliver();
    step.deliver = undefined;
    if (run.waiting === 0) break;
    await turns(); // what comes of this one goes as far as it went before the next one came
  }
  run.isDelivering = false;
}

/** What an earlier attempt did not come to any more is left out. */
function nextDue(run: RecordedPath): RecordedStep | undefined {
  const from = run.starts.get(run.current) ?? 0;
  for (; run.next < run.results.length; run.next++) {
    const step = run.results[run.next] as RecordedStep;
    if (!step.delivered && (step.deliver !== undefined || (step.result?.seq ?? 0) >= from)) return step;
  }
  return undefined;
}
