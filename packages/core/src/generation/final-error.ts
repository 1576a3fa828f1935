import type { ErrorCode } from '../errors/codes.js';
import { EspalierError } from '../errors/espalier-error.js';

/** Codes that end the node, unless they are about an agent that runs inside it. */
const boundCodes: ReadonlySet<ErrorCode> = new Set<ErrorCode>([
  'budget-exceeded',
  'model-calls-exceeded',
  'tool-calls-exceeded',
]);

/** Codes that end everything that the run does. */
const runCodes: ReadonlySet<ErrorCode> = new Set<ErrorCode>([
  'run-cancelled',
  'run-timed-out',
  'run-parked',
  'run-fenced',
  'run-settled',
]);

/** Whether what a tool threw ends the node, rather than being something to tell the model. */
export function isFinalError(error: unknown, node: string): boolean {
  if (!EspalierError.is(error)) return false;
  if (runCodes.has(error.code)) return true;
  return boundCodes.has(error.code) && error.where.node?.startsWith(`${node}/`) !== true;
}
