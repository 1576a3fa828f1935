import { Agent, createEspalier, DependsOn, defineWorkflow, type Espalier, type RunContext, Tool } from '@espalier/core';
import { scriptedModel } from '@espalier/testing';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { z } from 'zod';
import { restate } from '../src/index.js';
import { noServer, RestateServer, serverBinary } from './server/restate-server.js';

const Decision = z.object({ approved: z.boolean() });
const begun: string[] = [];

@Agent()
class Draft {
  async run(topic: string, ctx: RunContext): Promise<string> {
    begun.push('draft');
    return ctx.step('write', () => `A text about ${topic}`);
  }
}

@Agent()
@DependsOn(Draft)
class Publish {
  async run(draft: string, ctx: RunContext): Promise<string> {
    const before = await ctx.step('look', () => `looked at ${draft}`);
    const { approved } = await ctx.waitFor('publish', Decision, { request: { draft } });
    return approved ? `${before}, approved` : 'not published';
  }
}

@Agent()
class Patient {
  async run(_: null, ctx: RunContext): Promise<string> {
    try {
      await ctx.waitFor('never', Decision, { timeout: '100ms' });
      return 'answered';
    } catch (error) {
      return (error as { code: string }).code;
    }
  }
}

const paid: number[] = [];

@Agent()
class Refunder {
  @Tool({ description: 'Pays money back', input: z.object({ euros: z.number() }), approval: true })
  refund({ euros }: { readonly euros: number }): string {
    paid.push(euros);
    return `paid ${euros}`;
  }
}

const publish = defineWorkflow({ name: 'publish', version: 1, output: Publish });
const refund = defineWorkflow({ name: 'refund', version: 1, output: Refunder });
const patient = defineWorkflow({ name: 'patient', version: 1, output: Patient });

const workflows = [publish, patient, refund];

/** Waits until something holds, on real time: the server has no other. */
async function until(holds: () => boolean | Promise<boolean>): Promise<void> {
  for (let tries = 0; !(await holds()); tries++) {
    if (tries > 400) throw new Error('it did not come to that');
    await new Promise((resolve) => setTimeout(resolve, 25));
  }
}

(serverBinary === undefined ? describe.skip : describe)(`waits on Restate (${noServer})`, () => {
  let server: RestateServer;
  let worker: Espalier;
  let client: Espalier;

  beforeAll(async () => {
    server = await RestateServer.start();
    const { ingress, admin } = server;
    const engine = restate({ ingress, admin });
    const models = {
      default: scriptedModel({ calls: [{ tool: 'refund', arguments: { euros: 7 } }] }, 'Done: 7 euros.'),
    };
    worker = await createEspalier({ workflows, engine, models });
    const { port } = await engine.serve({ port: 0 });
    await engine.register(`http://127.0.0.1:${port}`);
    client = await createEspalier({ workflows, engine: restate({ ingress, admin }), models });
  }, 30_000);

  afterAll(async () => {
    await client?.drain();
    await worker?.drain();
    await server?.stop();
  });

  it('a process that only asks answers a node, once, and what it did before is not done again', async () => {
    const run = client.start(publish, 'tides' as never, { runId: 'w1' });
    await until(() => run.status === 'suspended');
    expect(run.suspensions).toEqual([{ node: 'publish', signal: 'publish', request: { draft: 'A text about tides' } }]);
    await expect(client.signal('w1', 'other', 1)).rejects.toMatchObject({ code: 'signal-unknown' });
    await client.signal('w1', 'publish', { approved: true }, { by: 'ada' });
    await expect(client.signal('w1', 'publish', { approved: false })).rejects.toMatchObject({
      code: 'signal-answered',
    });
    await expect(run.result).resolves.toBe('looked at A text about tides, approved');
    await expect(client.signal('w1', 'publish', { approved: true })).rejects.toMatchObject({ code: 'signal-answered' });
    const history = await client.history('w1');
    const types = history.map(({ type }) => type);
    expect(types.indexOf('run-resume')).toBeLessThan(types.indexOf('node-resume')); // it does not wait while it works
    expect(history.filter(({ type }) => type === 'step-end')).toHaveLength(2);
    expect(history.find(({ type }) => type === 'node-resume')).toMatchObject({ value: { approved: true }, by: 'ada' });
    expect(run.status).toBe('completed');
  }, 30_000);

  it('a person approves a call of a tool, which is made once', async () => {
    const run = client.start(refund, null as never, { runId: 'w3' });
    await until(() => run.suspensions.length === 1);
    expect(paid).toEqual([]);
    const signal = run.suspensions[0]?.signal ?? '';
    await expect(client.signal('w3', signal, 'perhaps')).rejects.toMatchObject({ code: 'signal-invalid' });
    await client.signal('w3', signal, true);
    await expect(run.result).resolves.toBe('Done: 7 euros.');
    expect(paid).toEqual([7]);
    const { usage } = await run.outcome;
    expect(usage).toMatchObject({ modelCalls: 2, toolCalls: 1 });
  }, 30_000);

  it('a wait ends when its time is up', async () => {
    await expect(client.run(patient, null as never)).resolves.toBe('signal-timed-out');
  }, 30_000);

  it('a run that waits is cancelled from anywhere', async () => {
    const run = client.start(publish, 'ebb' as never, { runId: 'w2' });
    await until(() => run.status === 'suspended');
    await client.cancel('w2', 'changed my mind');
    await expect(run.result).rejects.toMatchObject({
      code: 'run-cancelled',
      message: "Run 'w2' of workflow 'publish' was cancelled: changed my mind.",
    });
    expect((await client.history('w2')).at(-1)).toMatchObject({ type: 'run-end', status: 'cancelled' });
    await expect(client.cancel('w2')).rejects.toMatchObject({ code: 'run-settled' });
    await expect(client.cancel('nobody')).rejects.toMatchObject({ code: 'run-unknown' });
  }, 30_000);
});
