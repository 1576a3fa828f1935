import type { Clock } from '../clock/clock.js';
import { EspalierError } from '../errors/espalier-error.js';
import type { RunControl } from './run-control.js';

export interface DrainTimes {
  /** In milliseconds: for what runs. */
  readonly timeout: number;
  /** In milliseconds: for the journal, after that. */
  readonly release: number;
}

/** What is drained. */
export interface Drained {
  /** The runs that are held; an ended one leaves them. */
  readonly runs: ReadonlyMap<string, RunControl>;
  /** Resolves when no run is taken over any more. */
  readonly recovered: Promise<void> | undefined;
}

/**
 * Lets what runs finish, parks what is left, and waits until all runs are given back.
 * @returns the ids of those that were parked
 * @throws drain-incomplete when the journal does not answer
 */
export async function drainRuns(
  { runs, recovered }: Drained,
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
      const ends = Promise.all(
        [...runs.values()].map(async ({ id, end }) => ((await end.catch(() => false)) ? [id] : [])),
      );
      parked.push(...(await Promise.race([ends, late.promise])).flat());
    }
    await Promise.race([recovered, late.promise]);
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
