import { createEspalier, defineWorkflow, type Espalier, type ForkOptions } from '@espalier/core';
import { describe, expect, it } from '@jest/globals';
import { makeAgent } from '../../test/make-agent.js';

const agent = makeAgent('agent', [], () => 1);
const workflow = defineWorkflow({ name: 'test', version: 1, output: agent });

const calls: Record<string, (espalier: Espalier, runId: string) => unknown> = {
  'start({ runId })': (espalier, runId) => espalier.start(workflow, null, { runId }),
  'fork({ runId })': (espalier, runId) => espalier.fork('r', { from: agent, runId } as ForkOptions),
  'fork(runId)': (espalier, runId) => espalier.fork(runId, { from: agent }),
  'resume(runId)': (espalier, runId) => espalier.resume(runId),
  'replay(runId)': (espalier, runId) => espalier.replay(runId),
  'signal(runId)': (espalier, runId) => espalier.signal(runId, 'approval', true),
  'cancel(runId)': (espalier, runId) => espalier.cancel(runId),
  'history(runId)': (espalier, runId) => espalier.history(runId),
  'events(runId)': (espalier, runId) => espalier.events(runId),
  'audit(runId)': (espalier, runId) => espalier.audit(runId),
};

describe.each(Object.entries(calls))('%s', (name, call) => {
  it.each([
    [7, '7 (number)'],
    ['', '"" (string)'],
    [false, 'false (boolean)'],
  ])('refuses %j, which is no id', async (runId, got) => {
    const espalier = await createEspalier({ workflows: [workflow] });
    await expect(async () => call(espalier, runId as string)).rejects.toMatchObject({
      code: 'option-invalid',
      message: `${name}: expected the id of a run, got ${got}.`,
      hint: 'Give text that is not empty.',
    });
  });
});
