import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { Agent, Calls, createEspalier, defineWorkflow, type Espalier, type RunContext, Timeout } from '@espalier/core';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { z } from 'zod';
import { type RestateOptions, restate } from '../src/index.js';
import { noServer, RestateServer, serverBinary } from './server/restate-server.js';

@Agent()
@Timeout('2h')
class Slow {
  run(text: string): string {
    if (text === 'fail') throw new Error('so it was asked');
    return text;
  }
}

const slow = defineWorkflow({ name: 'slow', version: 1, output: Slow, input: z.string() });

@Agent()
@Calls(slow, { max: 1 })
class Parent {
  run(_input: null, ctx: RunContext): Promise<string> {
    return ctx.call(slow, 'child');
  }
}

const parent = defineWorkflow({ name: 'parent', version: 1, output: Parent });

async function engineOf(options: RestateOptions): Promise<[ReturnType<typeof restate>, Espalier]> {
  const engine = restate({ patience: '100ms', longestAttempt: '3h', ...options });
  return [engine, await createEspalier({ workflows: [slow, parent], engine })];
}

(serverBinary === undefined ? describe.skip : describe)(`usual mistakes (${noServer})`, () => {
  let server: RestateServer;

  beforeAll(async () => {
    server = await RestateServer.start();
  }, 30_000);

  afterAll(() => server?.stop());

  it('are found: no server, another server, no workers, too short a time', async () => {
    const [away] = await engineOf({ ingress: 'http://127.0.0.1:1' });
    expect(await away.doctor()).toMatchObject([
      { code: 'restate-unreachable', message: 'No Restate server answers at http://127.0.0.1:1 (ingress).' },
    ]);

    const another = createServer((_request, response) => response.writeHead(404).end('nobody'));
    await new Promise<void>((resolve) => another.listen(0, '127.0.0.1', resolve));
    const url = `http://127.0.0.1:${(another.address() as AddressInfo).port}`;
    const [wrong] = await engineOf({ ingress: url });
    const [refused] = await wrong.doctor();
    expect(refused).toMatchObject({
      code: 'restate-refused',
      message: `The Restate server at ${url} answered 404 to restate/health: nobody`,
    });
    another.close();

    const { ingress, admin } = server;
    const [engine, espalier] = await engineOf({ ingress, admin, longestAttempt: '1h', namespace: 'mistakes' });
    const tooLong = "An attempt of node 'slow' of workflow 'slow' may take 7200000 ms";
    expect(await engine.doctor()).toMatchObject([
      { code: 'restate-timeout-short', message: `${tooLong}, and restate({ longestAttempt }) is 3600000 ms.` },
      { code: 'restate-unregistered', message: "The Restate server knows no service 'mistakes.runs'." },
      { code: 'restate-unregistered', message: "The Restate server knows no service 'mistakes.nodes'." },
    ]);
    await expect(espalier.run(slow, 'x')).rejects.toMatchObject({ code: 'restate-refused' });
  }, 30_000);

  it('are told where they are made: a run that exists, one that there is not, an input that is none, a node that fails', async () => {
    const { ingress, admin } = server;
    const [engine, espalier] = await engineOf({ ingress, admin });
    await expect(engine.register('http://127.0.0.1:1')).rejects.toMatchObject({ code: 'restate-refused' });
    const { port } = await engine.serve({ port: 0 });
    await engine.register(`http://127.0.0.1:${port}`);
    expect(await engine.doctor()).toEqual([]);

    await expect(espalier.run(slow, 'x', { runId: 'm1' })).resolves.toBe('x');
    await expect(espalier.run(slow, 'x', { runId: 'm1' })).rejects.toMatchObject({ code: 'run-exists' });
    await expect(espalier.history('m0')).rejects.toMatchObject({ code: 'run-unknown' });
    await expect(espalier.resume('m1')).rejects.toMatchObject({ code: 'run-settled' });
    await expect(espalier.run(slow, 7 as never)).rejects.toMatchObject({ code: 'input-invalid' });

    const family = await espalier.start(parent, null as never).outcome;
    expect(family.nodes().parent?.error).toMatchObject({
      code: 'restate-unsupported',
      message: "ctx.call('slow'): runs on Restate have no child runs yet.",
    });
    expect(() => espalier.start(slow, 'x', { threadId: 't' })).toThrow('runs on Restate have no threads yet');
    await expect(espalier.fork('m1', { from: Slow })).rejects.toMatchObject({
      message: "fork('m1'): runs on Restate cannot be forked yet.",
    });

    const failed = espalier.start(slow, 'fail', { runId: 'm2' });
    await expect(failed.result).rejects.toMatchObject({ code: 'run-failed' });
    const outcome = await failed.outcome;
    expect(outcome.status).toBe('failed');
    expect(outcome.nodes().slow).toMatchObject({ status: 'failed' });

    const runs = await espalier.list({ ended: true, workflow: 'slow' });
    expect(runs.map(({ runId, status }) => [runId, status])).toEqual([
      ['m1', 'completed'],
      ['m2', 'failed'],
    ]);
    expect(await espalier.list({ status: 'failed', workflow: 'slow', limit: 5 })).toHaveLength(1);
    await expect(espalier.run(slow, new Date(0) as never)).rejects.toMatchObject({ code: 'not-plain-data' });
    expect(() => espalier.start(slow, 'x', { runId: '' })).toThrow('expected the id of a run');
    await espalier.drain();
    await expect(espalier.run(slow, 'x')).rejects.toMatchObject({ code: 'runtime-closed' });
  }, 30_000);

  it('are refused: a worker that strangers reach, keys that are none; with keys, requests that nobody has signed', async () => {
    const { ingress, admin } = server;
    const [engine, espalier] = await engineOf({ ingress, admin, namespace: 'signed' });
    await expect(engine.serve({ port: 0, host: '0.0.0.0' })).rejects.toMatchObject({
      code: 'option-invalid',
      message: 'serve({ host }): whoever reaches 0.0.0.0 could have this worker do things.',
    });
    await expect(engine.serve({ port: 0, identityKeys: ['no key'] })).rejects.toMatchObject({
      code: 'option-invalid',
      message: expect.stringContaining('serve({ identityKeys }): '),
    });
    const said: string[] = [];
    const { port } = await engine.serve({
      port: 0,
      identityKeys: ['publickeyv1_w7YHemBctH5Ck2nQRQ47iBBqhNHy4FV7t2Usbye2A6f'],
      logger: (_about, ...words) => said.push(words.join(' ')),
    });
    await expect(engine.register(`http://127.0.0.1:${port}`)).rejects.toMatchObject({ code: 'restate-refused' });
    expect(said.join()).toContain('Rejecting request');
    const { port: open } = await engine.serve({ port: 0, host: '0.0.0.0', public: true });
    await engine.register(`http://127.0.0.1:${open}`);
    await espalier.drain();
  }, 30_000);
});
