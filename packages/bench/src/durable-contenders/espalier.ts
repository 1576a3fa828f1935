import { join } from 'node:path';
import { Agent, createEspalier, DependsOn, defineWorkflow } from '@espalier/core';
import { sqlite } from '@espalier/sqlite';
import type { DurableContender, Step } from '../contender.js';

/** An agent a step, on the SQLite store as it comes: every record is synced to the disk. */
export const espalier: DurableContender = {
  async openChain(folder, steps, step) {
    const workflow = defineWorkflow({ name: 'chain', version: 1, output: chainOf(steps, step) });
    const store = sqlite(join(folder, 'runs.db'));
    const runtime = await createEspalier({ workflows: [workflow], store });
    return {
      start: (runId, seed) => runtime.run(workflow, seed, { runId }),
      resume: async (runId) => (await runtime.resume<number>(runId)).result,
    };
  },
};

function chainOf(steps: number, step: Step) {
  let before = stepAgent(step);
  Agent({ name: 'step0' })(before);
  for (let index = 1; index < steps; index += 1) {
    const agent = stepAgent(step);
    DependsOn(before)(agent);
    Agent({ name: `step${index}` })(agent);
    before = agent;
  }
  return before;
}

const stepAgent = (step: Step): (new () => { run(value: number): Promise<number> }) =>
  class {
    run(value: number): Promise<number> {
      return step(value);
    }
  };
