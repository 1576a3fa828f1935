import { type ErrorCode } from '../errors/codes.js';
import { EspalierError } from '../errors/espalier-error.js';

const finalCodes: ReadonlySet<ErrorCode> = new Set<ErrorCode>([
  'budget-exceeded',
  'model-calls-exceeded',
  'tool-calls-exceeded',
  'run-cancelled',
  'run-timed-out',
  'run-parked',
  'run-fenced',
  'run-settled',
]);

/** Whether an error ends the node, rather than being something to tell the model. */
export const isFinalError = (error: unknown): boolean => EspalierError.is(error) && finalCodes.has(error.code);
