import type { ErrorCode } from '../errors/codes.js';
import { EspalierError } from '../errors/espalier-error.js';

/** Errors that mean "stop", not "it went wrong": no other agent, run or service is to blame or can help. */
const finalCodes: ReadonlySet<string> = new Set<ErrorCode>([
  'budget-exceeded',
  'run-cancelled',
  'run-timed-out',
  'run-parked',
  'run-fenced',
  'run-settled',
]);

/** Whether an error, or what caused it, ends the work as a whole. */
export function isFinal(error: unknown): boolean {
  const seen = new Set<unknown>(); // a chain of causes may be a circle
  for (let at = error; typeof at === 'object' && at !== null && !seen.has(at); at = (at as { cause?: unknown }).cause) {
    if (EspalierError.is(at) && finalCodes.has(at.code)) return true;
    seen.add(at);
  }
  return false;
}
