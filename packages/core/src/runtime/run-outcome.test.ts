import { createEspalier, defineWorkflow, type RunContext } from '@espalier/core';
import { describe, expect, it } from '@jest/globals';
import { z } from 'zod';
import { makeAgent } from '../../test/make-agent.js';

describe('the outcome of a cancelled run', () => {
  it('says of every node that had not settled that it was cancelled: running, suspended or not begun', async () => {
    const done = makeAgent('done', [], () => 1);
    const running = makeAgent('running', [], () => new Promise(() => {}));
    const suspended = makeAgent('suspended', [], (_inputs, ctx: RunContext) => ctx.sleep('1 day'));
    const output = makeAgent('output', [done, running, suspended], () => 2);
    const workflow = defineWorkflow({ name: 'test', version: 1, output });
    const run = (await createEspalier({ workflows: [workflow] })).start(workflow, null);
    await new Promise((resolve) => setImmediate(resolve));
    run.cancel();
    const { status, nodes } = await run.outcome;

    expect(status).toBe('cancelled');
    expect(nodes()).toEqual({
      done: { status: 'completed', output: 1 },
      running: { status: 'cancelled' },
      suspended: { status: 'cancelled' },
      output: { status: 'cancelled' },
    });
  });
});

describe('a run that never began, for its input does not fit', () => {
  it('has failed, and is not on record', async () => {
    const workflow = defineWorkflow({
      name: 'test',
      version: 1,
      input: z.object({ title: z.string() }),
      output: makeAgent('output', [], () => 1),
    });
    const espalier = await createEspalier({ workflows: [workflow] });
    const run = espalier.start(workflow, { title: 1 } as never);

    await expect(run.result).rejects.toMatchObject({ code: 'input-invalid' });
    await expect(run.outcome).rejects.toMatchObject({ code: 'input-invalid' });
    expect(run.status).toBe('failed');
    await expect(espalier.list()).resolves.toEqual([]);
  });
});
