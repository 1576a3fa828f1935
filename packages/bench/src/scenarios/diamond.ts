import type { ContenderName, Prepared } from '../contender.js';
import { diamond } from '../work/workload.js';
import { checkResult, checkResults } from './check.js';
import type { GraphScenario, Sampler } from './scenario.js';

/** How many runs go on at once. */
const fullBatch = 10_000;
const slowBatch = 1_000;
const slow: readonly ContenderName[] = ['langgraph'];

export function batchOf(contender: ContenderName, quick: boolean): { size: number; remark?: string } {
  if (quick) return { size: 20 };
  if (!slow.includes(contender)) return { size: fullBatch };
  return {
    size: slowBatch,
    remark: `${slowBatch.toLocaleString('en')} runs at once instead of ${fullBatch.toLocaleString('en')}: so many would take it 20 s or more a round`,
  };
}

/** Many small runs at once, as on a server: runs finished per second. */
export const diamondScenario: GraphScenario = {
  name: 'diamond',
  kind: 'graph',
  family: 'diamond',
  title: '10,000 diamond runs',
  unit: 'runs/s',
  better: 'higher',
  isSpeed: true,
  rounds: 7,
  prepare: async (entrant, quick): Promise<Sampler> => {
    const workload = diamond();
    const run = await (await entrant.load()).prepare(workload);
    await checkResults(run, workload);
    const { size, ...remark } = batchOf(entrant.name, quick);
    if (!quick) for (let turn = 0; turn < 5; turn += 1) await Promise.all(start(run, size));
    return {
      ...remark,
      sample: async () => {
        const from = performance.now();
        const results = await Promise.all(start(run, size));
        const elapsed = performance.now() - from;
        for (const seed of [0, size - 1]) await checkResult(results[seed] as number, workload, seed);
        return (size * 1000) / elapsed;
      },
    };
  },
};

export const start = (run: Prepared, size: number): Promise<number>[] =>
  Array.from({ length: size }, (_, seed) => run(seed));
