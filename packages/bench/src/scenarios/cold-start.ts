import { spawnSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { WrongResult } from '../contender.js';
import type { GraphScenario, Sampler } from './scenario.js';

/** A whole process: Node starts, the library is imported, a run of one node prints its result, the process ends. */
export const coldStartScenario: GraphScenario = {
  name: 'cold-start',
  kind: 'graph',
  family: 'cold-start',
  title: 'cold start',
  unit: 'ms',
  isSpeed: false,
  rounds: 21,
  prepare: async ({ name }): Promise<Sampler> => {
    const program = fileURLToPath(new URL(`../cold-start/${name}.js`, import.meta.url));
    const sampler = timed([program], '2');
    await sampler.sample();
    return sampler;
  },
  baseline: { title: 'bare Node (node -e 0)', sampler: () => timed(['-e', '0'], '') },
};

function timed(args: readonly string[], expected: string): Sampler {
  const { NODE_OPTIONS: _, NODE_COMPILE_CACHE: __, ...env } = process.env;
  return {
    sample: async () => {
      const from = performance.now();
      const { stdout, stderr } = spawnSync(process.execPath, args, { env, encoding: 'utf8' });
      const elapsed = performance.now() - from;
      if (stdout.trim() !== expected) throw new WrongResult(`node ${args.join(' ')} printed: ${stdout}${stderr}`);
      return elapsed;
    },
  };
}
