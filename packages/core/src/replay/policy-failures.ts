import type { SerializedError } from '../errors/espalier-error.js';

/** Failures that say nothing of what the code did: time was up, or something was spent or full. */
const policyCodes: ReadonlySet<string> = new Set([
  'timeout',
  'budget-exceeded',
  'rate-limited',
  'concurrency-queue-full',
  'circuit-open',
  'run-cancelled',
]);

/** An error and what it was caused by, outermost first. */
export function* chainOf(error: SerializedError | undefined): Generator<SerializedError> {
  for (let at = error; at !== undefined; at = at.cause) yield at;
}

/** Whether a policy ended an attempt, not its code. */
export function isPolicyFailure(error: SerializedError | undefined): boolean {
  for (const { code } of chainOf(error)) if (policyCodes.has(code)) return true;
  return false;
}
