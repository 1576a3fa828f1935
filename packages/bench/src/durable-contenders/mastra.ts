import { join } from 'node:path';
import { Mastra } from '@mastra/core';
import { createStep, createWorkflow } from '@mastra/core/workflows';
import { LibSQLStore } from '@mastra/libsql';
import { z } from 'zod';
import type { DurableContender, Step } from '../contender.js';

/** A workflow on the libSQL store, both as they come: a snapshot of the whole run is kept after each step. */
export const mastra: DurableContender = {
  async openChain(folder, steps, step) {
    const storage = new LibSQLStore({ id: 'bench', url: `file:${join(folder, 'mastra.db')}` });
    await storage.init();
    const workflow = chainOf(steps, step);
    new Mastra({ workflows: { workflow }, storage, logger: false }); // tells the workflow where to keep its runs
    return {
      start: async (runId, seed) => {
        const run = await workflow.createRun({ runId });
        return outputOf(await run.start({ inputData: seed }));
      },
      resume: async (runId) => {
        const run = await workflow.createRun({ runId });
        return outputOf(await run.restart());
      },
    };
  },
};

function chainOf(steps: number, step: Step) {
  const schemas = { inputSchema: z.number(), outputSchema: z.number() };
  let workflow = createWorkflow({ id: 'chain', ...schemas });
  for (let index = 0; index < steps; index += 1) {
    workflow = workflow.then(
      createStep({ id: `step${index}`, ...schemas, execute: ({ inputData }) => step(inputData) }),
    );
  }
  return workflow.commit();
}

function outputOf(outcome: { readonly status: string; readonly result?: unknown }): number {
  if (outcome.status !== 'success') throw new Error(`The workflow is '${outcome.status}': ${JSON.stringify(outcome)}`);
  return outcome.result as number;
}
