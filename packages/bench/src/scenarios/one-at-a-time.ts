import { type Prepared, WrongResult } from '../contender.js';
import type { Workload } from '../work/workload.js';
import { checkResults } from './check.js';
import type { Entrant, Sampler } from './scenario.js';
import { warmUpFor } from './warm-up.js';

/** In milliseconds. */
const sampleFor = 300;

/**
 * One run after the other, as many as fill a third of a second. Garbage is collected when the engine sees fit, as it
 * would be for a user: a forced collection throws optimized code away.
 *
 * @param parts what the time of a run is divided by, such as its nodes
 * @returns a sampler of microseconds
 */
export async function oneAtATime(
  entrant: Entrant,
  workload: Workload,
  parts: number,
  quick: boolean,
): Promise<Sampler> {
  const run = await (await entrant.load()).prepare(workload);
  await checkResults(run, workload);
  const count = quick ? 2 : await countRuns(run);
  const expected = await totalOf(run, count);
  return {
    sample: async () => {
      const start = performance.now();
      const total = await totalOf(run, count);
      const elapsed = performance.now() - start;
      if (total !== expected) throw new WrongResult(`${workload.shape}: a timed run gave another result than before.`);
      return (elapsed * 1000) / (count * parts);
    },
  };
}

async function totalOf(run: Prepared, count: number): Promise<number> {
  let total = 0;
  for (let seed = 0; seed < count; seed += 1) total += await run(seed);
  return total;
}

/** Warms up. @returns how many runs fill a sample, by the pace of the last third */
async function countRuns(run: Prepared): Promise<number> {
  const start = performance.now();
  let counted = 0;
  let countedFrom = start;
  while (performance.now() - start < warmUpFor || counted === 0) {
    if (performance.now() - start < (warmUpFor * 2) / 3) countedFrom = performance.now();
    else counted += 1;
    await run(counted);
  }
  return Math.max(1, Math.round((sampleFor * counted) / (performance.now() - countedFrom)));
}
