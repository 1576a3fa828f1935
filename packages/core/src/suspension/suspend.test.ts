import {
  type Answer,
  createEspalier,
  type EspalierError,
  MemoryJournal,
  type RunContext,
  type Store,
  VirtualClock,
} from '@espalier/core';
import { describe, expect, it } from '@jest/globals';
import { z } from 'zod';
import { build, eventsOf } from '../../test/build.js';
import { makeAgent } from '../../test/make-agent.js';
import { turns } from '../../test/scripted-model.js';

const waiter = (name: string, options = {}) =>
  makeAgent(name, [], (_inputs, ctx: RunContext) => ctx.waitFor('go', z.object({ yes: z.boolean() }), options));

async function built(...agents: ReturnType<typeof waiter>[]) {
  const clock = new VirtualClock();
  const store = new MemoryJournal();
  const output = agents.length === 1 ? agents[0] : makeAgent('output', agents, (inputs) => inputs);
  const all = await build(output as ReturnType<typeof waiter>, {}, { clock, store });
  return { ...all, clock, store };
}

describe('ctx.waitFor', () => {
  it('shows what is asked, takes one answer, and refuses every other', async () => {
    const { start, espalier } = await built(waiter('a', { request: { question: 'Go on?' } }));
    const run = start();
    await turns();
    expect(run.suspensions).toEqual([{ node: 'a', signal: 'go', request: { question: 'Go on?' } }]);
    const answers = await Promise.allSettled([
      espalier.signal(run.id, 'go', { yes: true }),
      espalier.signal(run.id, 'go', { yes: false }),
    ]);
    expect(answers.map(({ status }) => status)).toEqual(['fulfilled', 'rejected']);
    expect((answers[1] as PromiseRejectedResult).reason).toMatchObject({
      code: 'signal-answered',
      message: `'go' of run '${run.id}' has been answered already; the first answer counts.`,
    });
    await expect(run.result).resolves.toEqual({ yes: true });
  });

  it('refuses an answer that does not match, and waits on', async () => {
    const { start, espalier } = await built(waiter('a'));
    const run = start();
    await turns();
    await expect(espalier.signal(run.id, 'go', { yes: 'maybe' })).rejects.toMatchObject({
      code: 'signal-invalid',
      message: expect.stringMatching(/^The answer to 'go' does not match: \$\.yes: .+\.$/),
      where: { runId: run.id, node: 'a', path: '$.yes' },
    });
    await expect(espalier.signal(run.id, 'stop', true)).rejects.toMatchObject({
      code: 'signal-unknown',
      message: `No node of run '${run.id}' waits for 'stop'; it waits for 'go'.`,
    });
    expect(run.status).toBe('suspended');
    await espalier.signal(run.id, 'go', { yes: false });
    await expect(run.result).resolves.toEqual({ yes: false });
  });

  it('asks which node is meant where two wait for one name', async () => {
    const { start, espalier } = await built(waiter('a'), waiter('b'));
    const run = start();
    await turns();
    await expect(espalier.signal(run.id, 'go', { yes: true })).rejects.toMatchObject({
      code: 'signal-unknown',
      message: `Several nodes of run '${run.id}' wait for 'go': a, b.`,
      hint: "Say which one: signal(runId, 'go', value, { node: 'a' }).",
    });
    await espalier.signal(run.id, 'go', { yes: true }, { node: 'b' });
    await espalier.signal(run.id, 'go', { yes: false }, { node: 'a' });
    await expect(run.result).resolves.toEqual([{ yes: false }, { yes: true }]);
  });

  it('ends with an error when nobody answers in time; an answer after it is too late', async () => {
    const { start, clock, espalier, store, workflow } = await built(
      makeAgent('a', [], async (_inputs, ctx: RunContext) => {
        const late = await ctx
          .waitFor('go', z.boolean(), { timeout: '1 day' })
          .catch((error: EspalierError) => error.code);
        await ctx.waitFor('on', z.boolean());
        return late;
      }),
    );
    const run = start();
    await clock.advance('23 hours');
    expect(run.suspensions).toHaveLength(1);
    await clock.advance('1 hour');
    expect(clock.pending).toBe(0);
    await expect(espalier.signal(run.id, 'go', true)).rejects.toMatchObject({
      code: 'signal-answered',
      message: `The answer to 'go' of run '${run.id}' comes too late: nobody answered in time.`,
    });
    await espalier.drain();
    const other = await createEspalier({ workflows: [workflow], store, clock });
    const resumed = await other.resume(run.id);
    await turns();
    await other.signal(run.id, 'on', true);
    await expect(resumed.result).resolves.toBe('signal-timed-out');
  });

  it('takes an answer that was taken elsewhere, though the news comes only after the time is up', async () => {
    const journal = new MemoryJournal();
    let tell = (_answer: Answer): void => {};
    const store = new Proxy(journal as Store, {
      get: (target, name) => {
        if (name === 'onAnswer') {
          return (_runId: string, listener: typeof tell) => {
            tell = listener;
            return () => {};
          };
        }
        const member = Reflect.get(target, name, target) as unknown;
        return typeof member === 'function' ? member.bind(target) : member;
      },
    });
    const clock = new VirtualClock();
    const { start } = await build(waiter('a', { timeout: '1 day' }), {}, { clock, store, layAsideAfter: false });
    const run = start();
    await clock.advance('23 hours');
    const answer = { node: 'a', step: 'signal:go', value: { yes: true } };
    expect(journal.answer(run.id, answer)).toBe(true);
    await clock.advance('2 hours');
    expect(run.status).toBe('suspended');
    tell(answer);
    await expect(run.result).resolves.toEqual({ yes: true });
  });

  it('has timed out for good once that is kept, also where the process ends before it has gone on', async () => {
    const { start, clock, espalier, store, workflow } = await built(waiter('a', { timeout: '1 day' }));
    const run = start();
    await turns();
    await espalier.drain();
    expect(store.answer(run.id, { node: 'a', step: 'signal:go', value: undefined, timedOut: true })).toBe(true);
    const other = await createEspalier({ workflows: [workflow], store, clock });
    const resumed = await other.resume(run.id);
    expect(((await resumed.outcome).error as EspalierError).cause).toMatchObject({ code: 'signal-timed-out' });
    expect(clock.pending).toBe(0);
  });

  it('fails its node when the timeout is not caught', async () => {
    const { start, clock } = await built(waiter('a', { timeout: 10 }));
    const run = start();
    await clock.advance(10);
    expect(((await run.outcome).error as EspalierError).cause).toMatchObject({
      code: 'signal-timed-out',
      message: "Node 'a' waited for 'go', and nobody answered in time.",
    });
  });

  it('goes on with an answer that came just before a crash, and leaves no timer behind', async () => {
    const { start, clock, espalier, store, workflow } = await built(waiter('a', { timeout: '1 day' }));
    const run = start();
    await turns();
    await espalier.drain();
    store.answer(run.id, { node: 'a', step: 'signal:go', value: { yes: true } });
    const other = await createEspalier({ workflows: [workflow], store, clock });
    const resumed = await other.resume(run.id);
    await expect(resumed.result).resolves.toEqual({ yes: true });
    expect(clock.pending).toBe(0);
    const ends = (await eventsOf(resumed)).filter(({ type }) => type === 'node-resume');
    expect(ends).toHaveLength(1);
  });

  it('can be answered while a resumed node is still on its way to it', async () => {
    const { start, espalier, store, workflow } = await built(
      makeAgent('a', [], async (_inputs, ctx: RunContext) => {
        await turns(5);
        return ctx.waitFor('go', z.boolean());
      }),
    );
    const run = start();
    await turns(20);
    await espalier.drain();
    const other = await createEspalier({ workflows: [workflow], store });
    const resumed = await other.resume(run.id);
    await other.signal(run.id, 'go', true);
    await expect(resumed.result).resolves.toBe(true);
  });

  it('forgets its timer when it is answered', async () => {
    const { start, clock, espalier } = await built(waiter('a', { timeout: '1 day' }));
    const run = start();
    await turns();
    expect(clock.pending).toBe(1);
    await espalier.signal(run.id, 'go', { yes: true });
    await run.result;
    expect(clock.pending).toBe(0);
  });
});

describe('ctx.sleep', () => {
  it('goes on when its time has come, and a restart does not begin anew', async () => {
    const { start, clock, espalier, store, workflow } = await built(
      makeAgent('a', [], async (_inputs, ctx: RunContext) => {
        const from = ctx.now();
        await ctx.sleep('3 days');
        return ctx.now() - from;
      }),
    );
    const run = start();
    await clock.advance('2 days');
    expect(run.status).toBe('suspended');
    await espalier.drain();
    const other = await createEspalier({ workflows: [workflow], store, clock });
    const resumed = await other.resume(run.id);
    await clock.advance('1 day');
    await expect(resumed.result).resolves.toBe(3 * 24 * 3600 * 1000);
    expect(clock.pending).toBe(0);
  });
});
