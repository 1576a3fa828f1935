import { uneven } from '../work/uneven.js';
import { checkResult, checkResults } from './check.js';
import type { GraphScenario, Sampler } from './scenario.js';

/** Sixteen nodes of 5 to 60 ms, by real timers: how much longer than the longest path a run takes. */
export const unevenScenario: GraphScenario = {
  name: 'uneven',
  kind: 'graph',
  family: 'uneven',
  title: 'uneven DAG',
  unit: '× longest',
  isSpeed: false,
  rounds: 11,
  prepare: async (entrant, quick): Promise<Sampler> => {
    const { criticalPath, ...workload } = uneven(quick ? 0.1 : 1);
    const run = await (await entrant.load()).prepare(workload);
    await checkResults(run, workload);
    return {
      sample: async () => {
        const from = performance.now();
        const result = await run(7);
        const elapsed = performance.now() - from;
        if (!quick) await checkResult(result, workload, 7);
        return elapsed / criticalPath;
      },
    };
  },
};
