import { setImmediate as nextTurn } from 'node:timers/promises';
import { diamond, type WorkloadOf } from '../work/workload.js';
import { checkResult } from './check.js';
import { collectGarbage } from './collect-garbage.js';
import { batchOf, start } from './diamond.js';
import type { GraphScenario, Sampler } from './scenario.js';

/** The same diamonds, all of them waiting in one node, as for a model's answer: what each holds in memory meanwhile. */
export const waitingScenario: GraphScenario = {
  name: 'waiting',
  kind: 'graph',
  family: 'diamond',
  title: 'a waiting diamond',
  unit: 'bytes',
  isSpeed: false,
  rounds: 3,
  prepare: async (entrant, quick): Promise<Sampler> => {
    const gate = new Gate();
    const run = await (await entrant.load()).prepare(gate.workload);
    const { size, ...remark } = batchOf(entrant.name, quick);
    const measure = async (): Promise<number> => {
      const before = await heapHeld();
      const runs = start(run, size);
      while (gate.waiting < size) await nextTurn();
      const held = (await heapHeld()) - before;
      gate.open();
      const results = await Promise.all(runs);
      for (const seed of [0, size - 1]) await checkResult(results[seed] as number, diamond(), seed);
      return held / size;
    };
    await measure();
    return { ...remark, sample: measure };
  },
};

/** Holds the second node of every run by a promise of its own. */
class Gate {
  readonly workload: WorkloadOf<'diamond'> = diamond(async ([value = 0]) => {
    await new Promise<void>((resolve) => this.#waiting.push(resolve));
    return value + 1;
  });
  #waiting: (() => void)[] = [];

  get waiting(): number {
    return this.#waiting.length;
  }

  open(): void {
    const waiting = this.#waiting;
    this.#waiting = [];
    for (const resolve of waiting) resolve();
  }
}

/** After everything that can settle has settled. */
async function heapHeld(): Promise<number> {
  for (let turn = 0; turn < 5; turn += 1) await nextTurn();
  collectGarbage();
  collectGarbage();
  const { heapUsed, external } = process.memoryUsage();
  return heapUsed + external;
}
