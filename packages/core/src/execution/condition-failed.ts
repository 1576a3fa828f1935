import { EspalierError } from '../errors/espalier-error.js';

/** The error of a predicate or item list that threw. */
export function conditionFailed(node: string, what: string, cause: unknown): EspalierError {
  const message = cause instanceof Error ? cause.message : String(cause);
  return new EspalierError('condition-failed', `${what} of node '${node}' threw: ${message}`, {
    where: { node },
    cause,
  });
}
