import type { Clock } from '../clock/clock.js';
import { EspalierError } from '../errors/espalier-error.js';
import type { RunControl } from './run-control.js';

export interface DrainTimes {
  /** In milliseconds: for what runs. */
  readonly timeout: number;
  /** In milliseconds: for the journal, after that. */
  readonly release: number;
}

/**
 * Lets what runs finish, parks what is left, and waits until all runs are given back.
 * @param runs those that are held; an ended one leaves them
 * @returns the ids of those that were parked
 * @throws drain-incomplete when the journal does not answer
 */
export async function drainRuns(
  runs: ReadonlyMap<string, RunControl>,
  clock: Clock,
  { timeout, release }: DrainTimes,
): Promise<readonly string[]> {
  const parked: string[] = [];
  const late = Promise.withResolvers<never>();
  for (const run of runs.values()) run.drain();
  let cancel = clock.setTimer(timeout, () => {
    for (const run of runs.values()) run.park();
    cancel = clock.setTimer(release, () => late.reject(incomplete([...runs.keys()], parked, release)));
  });
  try {
    while (runs.size > 0) {
      const outcomes = Promise.allSettled([...runs.values()].map(({ outcome }) => outcome));
      for (const end of await Promise.race([outcomes, late.promise])) {
        if (end.status === 'fulfilled' && end.value.status === 'parked') parked.push(end.value.runId);
      }
    }
  } finally {
    cancel();
  }
  return parked;
}

function incomplete(runIds: readonly string[], parked: readonly string[], release: number): EspalierError {
  const which = runIds.map((runId) => `'${runId}'`).join(', ');
  const message = `The journal did not answer within ${release} ms: it is not known whether it has taken back ${which}.`;
  return new EspalierError('drain-incomplete', message, { details: { runIds, parked } });
}
