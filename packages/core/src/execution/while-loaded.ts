import type { RunScope } from './run-scope.js';

/**
 * A promise for code of users. When its run is laid aside it stays open for good: the node begins again when the run goes on, and
 * neither `catch` nor `finally` should run for a wait that is not over.
 */
export function whileLoaded<T>(execution: Pick<RunScope, 'isLaidAside'>, promise: Promise<T>): Promise<T> {
  return new Promise((resolve, reject) => {
    promise.then(resolve, (error: unknown) => {
      if (!execution.isLaidAside) reject(error);
    });
  });
}
