import { randomUUID } from 'node:crypto';
import { type DurableChain, type DurableContender, WrongResult } from '../contender.js';
import type { DurableScenario, Entrant, Sampler } from './scenario.js';
import { temporaryFolder } from './temporary-folder.js';
import { warmUp } from './warm-up.js';

const stepsOfRun = 50;
const manyRuns = 50;
/** In milliseconds: a disk is not as even as a processor. */
const sampleFor = 1_000;

/** Runs whose steps are kept in a file before what follows uses them. */
export const durableScenarios: readonly DurableScenario[] = [
  {
    name: 'durable',
    kind: 'durable',
    family: 'durable',
    title: 'one durable run',
    unit: 'µs/step',
    isSpeed: true,
    rounds: 9,
    prepare: async (entrant, quick): Promise<Sampler> => {
      const { steps, run } = await prepare(entrant, quick);
      if (!quick) await warmUp(() => run(1));
      return {
        sample: async () => {
          const from = performance.now();
          let count = 0;
          do {
            await run(count);
            count += 1;
          } while (!quick && performance.now() - from < sampleFor);
          return ((performance.now() - from) * 1000) / (count * steps);
        },
      };
    },
  },
  {
    name: 'durable-50',
    kind: 'durable',
    family: 'durable',
    title: '50 durable runs',
    unit: 'steps/s',
    better: 'higher',
    isSpeed: true,
    rounds: 9,
    prepare: async (entrant, quick): Promise<Sampler> => {
      const { steps, run } = await prepare(entrant, quick);
      const size = quick ? 3 : manyRuns;
      const runAll = () => Promise.all(Array.from({ length: size }, (_, seed) => run(seed)));
      if (!quick) await warmUp(runAll);
      return {
        sample: async () => {
          const from = performance.now();
          let count = 0;
          do {
            await runAll();
            count += size;
          } while (!quick && performance.now() - from < sampleFor);
          return (count * steps * 1000) / (performance.now() - from);
        },
      };
    },
  },
];

async function prepare(entrant: Entrant<DurableContender>, quick: boolean) {
  const steps = quick ? 3 : stepsOfRun;
  const contender = await entrant.load();
  const chain = await contender.openChain(temporaryFolder(), steps, async (value) => value + 1);
  const run = async (seed: number): Promise<void> => checkResult(await runOnce(chain, seed), seed + steps);
  for (const seed of [3, 40]) await run(seed);
  return { steps, run };
}

const runOnce = (chain: DurableChain, seed: number): Promise<number> => chain.start(randomUUID(), seed);

/** @throws WrongResult */
function checkResult(result: number, expected: number): void {
  if (result !== expected) throw new WrongResult(`the chain gives ${result}, and should give ${expected}.`);
}
