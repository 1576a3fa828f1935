import type { Clock } from '../clock/clock.js';
import { EspalierError } from '../errors/espalier-error.js';
import type { HeldRuns } from './held-runs.js';
import { RunControl } from './run-control.js';

export interface DrainTimes {
  /** In milliseconds: for what runs. */
  readonly timeout: number;
  /** In milliseconds: for the journal, after that. */
  readonly release: number;
}

/**
 * Lets what runs finish, parks what is left, and waits until all runs are given back.
 * @param recovered resolves when recovery has come to an end
 * @returns the ids of those that were parked
 * @throws drain-incomplete when the journal does not answer
 */
export async function drainRuns(
  { all: runs, underWay }: Pick<HeldRuns, 'all' | 'underWay'>,
  recovered: Promise<void> | undefined,
  clock: Clock,
  { timeout, release }: DrainTimes,
): Promise<readonly string[]> {
  const parked = new Set<string>();
  const late = Promise.withResolvers<never>();
  for (const run of runs.values()) run.drain();
  let cancel = clock.setTimer(timeout, () => {
    for (const run of runs.values()) run.park();
    const fail = (): void => late.reject(incomplete([...runs.keys(), ...underWay.keys()], [...parked], release));
    cancel = clock.setTimer(release, fail);
  });
  const ended = async (coming: RunControl | Promise<unknown>): Promise<void> => {
    try {
      const run = await coming;
      if (run instanceof RunControl && (await run.end)) parked.add(run.id);
    } catch {
      // Whoever asked for it is told.
    }
  };
  try {
    while (runs.size > 0 || underWay.size > 0) {
      const ends = [...runs.values(), ...underWay.values()].map(ended);
      await Promise.race([Promise.all(ends), late.promise]);
    }
    await Promise.race([recovered, late.promise]);
  } finally {
    cancel();
  }
  return [...parked];
}

function incomplete(runIds: readonly string[], parked: readonly string[], release: number): EspalierError {
  const which = runIds.map((runId) => `'${runId}'`).join(', ');
  const message =
    runIds.length === 0
      ? `The journal did not answer within ${release} ms, when it was asked for runs to recover.`
      : `The journal did not answer within ${release} ms: it is not known whether it has taken back ${which}.`;
  return new EspalierError('drain-incomplete', message, { details: { runIds, parked } });
}
