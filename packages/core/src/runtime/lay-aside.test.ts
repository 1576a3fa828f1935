import {
  Agent,
  asTool,
  Calls,
  type Clock,
  createEspalier,
  defineWorkflow,
  type EspalierOptions,
  type Event,
  MemoryJournal,
  type Rest,
  type RunContext,
  Timeout,
  Tool,
  VirtualClock,
  type Workflow,
  type WorkflowOptions,
} from '@espalier/core';
import { describe, expect, it } from '@jest/globals';
import { z } from 'zod';
import { until } from '../../test/build.js';
import { makeAgent } from '../../test/make-agent.js';
import { ScriptedModel, turns } from '../../test/scripted-model.js';
import { SlowJournal } from '../../test/slow-journal.js';

/** A journal that tells when a run is put to rest. */
class Watched extends MemoryJournal {
  readonly rests: Rest[] = [];
  override rest(...[lease, rest]: Parameters<MemoryJournal['rest']>): void {
    this.rests.push(rest);
    super.rest(lease, rest);
  }
}

/** A runtime in virtual time, with one workflow. */
async function place(
  output: ReturnType<typeof makeAgent>,
  options: Partial<EspalierOptions> = {},
  workflowOptions: Partial<WorkflowOptions<never, typeof output>> = {},
) {
  const clock = new VirtualClock();
  const store = new Watched();
  const workflow = defineWorkflow({ name: 'w', version: 1, output, ...workflowOptions }) as Workflow;
  const espalier = await createEspalier({ workflows: [workflow], store, clock, ...options });
  return { clock, store, workflow, espalier, start: () => espalier.start(workflow, undefined, { runId: 'r' }) };
}

/** An agent that waits for an answer, and counts how often it was begun. */
function asker(name = 'asker') {
  const state = { begun: 0, caught: 0, finished: 0 };
  const agent = makeAgent(name, [], async (_inputs, ctx: RunContext) => {
    state.begun += 1;
    try {
      return { approved: await ctx.waitFor(name, z.boolean(), { request: 'May I?' }) };
    } catch (error) {
      state.caught += 1;
      throw error;
    } finally {
      state.finished += 1;
    }
  });
  return { agent, state };
}

describe('a run that rests', () => {
  it('goes on where its time is up, on a machine whose timers are late', async () => {
    const virtual = new VirtualClock();
    const clock: Clock = {
      now: () => virtual.now(),
      setTimer: (delay, callback, background = false) =>
        virtual.setTimer(background ? delay : delay + 2, callback, background),
    };
    const { start } = await place(
      makeAgent('sleeper', [], async (_inputs, ctx: RunContext) => {
        await ctx.sleep(10);
        return 'awake';
      }),
      { clock, layAsideAfter: 1 },
    );
    const run = start();
    await virtual.advance(100);
    expect(run.status).toBe('completed');
  });

  it('is laid aside after a while, and goes on when it is answered', async () => {
    const { agent, state } = asker();
    const { clock, store, espalier, start } = await place(agent);
    const run = start();
    const events: Event[] = [];
    run.events$.subscribe((event) => events.push(event));
    await turns();
    await clock.advance(4999);
    expect(store.rests).toEqual([]);
    await clock.advance(1);
    expect(store.rests).toEqual([{ waits: [{ node: 'asker', step: 'signal:asker' }] }]);
    expect([run.status, run.suspensions]).toEqual([
      'suspended',
      [{ node: 'asker', signal: 'asker', request: 'May I?' }],
    ]);
    expect([store.find('r')?.owned, store.find('r')?.rest, clock.pending]).toEqual([true, {}, 0]);

    await clock.advance('30 days');
    await espalier.signal('r', 'asker', true);
    await expect(run.result).resolves.toEqual({ approved: true });
    expect((await run.outcome).nodes()).toEqual({ asker: { status: 'completed', output: { approved: true } } });
    expect(state).toEqual({ begun: 2, caught: 0, finished: 1 });
    expect(events).toEqual(store.read('r'));
    expect(events.map(({ type }) => type)).toEqual([
      ...['run-start', 'node-start', 'node-suspend', 'run-suspend'],
      ...['run-resume', 'node-start', 'run-suspend', 'run-resume', 'node-resume', 'node-end', 'run-end'],
    ]);
  });

  it('says nothing to the code of its nodes: neither catch nor finally runs for a wait that is not over', async () => {
    const { agent, state } = asker();
    const { clock, start } = await place(agent);
    start();
    await turns();
    await clock.advance('5s');
    await turns();
    expect(state).toEqual({ begun: 1, caught: 0, finished: 0 });
  });

  it('goes on for an answer from another process', async () => {
    const { agent } = asker();
    const { clock, store, workflow, start } = await place(agent);
    const other = await createEspalier({ workflows: [workflow], store, clock, recovery: false });
    const run = start();
    await turns();
    await clock.advance('5s');
    const signalled = other.signal('r', 'asker', false);
    await turns();
    await signalled;
    await expect(run.result).resolves.toEqual({ approved: false });
  });

  it('checks an answer as ever, and is laid aside again when it was wrong', async () => {
    const { agent, state } = asker();
    const { clock, store, espalier, start } = await place(agent);
    const run = start();
    await turns();
    await clock.advance('5s');
    await expect(espalier.signal('r', 'asker', 'perhaps')).rejects.toMatchObject({ code: 'signal-invalid' });
    expect(run.status).toBe('suspended');
    await clock.advance('5s');
    expect(store.rests).toHaveLength(2);
    await espalier.signal('r', 'asker', true);
    await expect(espalier.signal('r', 'asker', true)).rejects.toMatchObject({ code: 'signal-answered' });
    await expect(run.result).resolves.toEqual({ approved: true });
    expect(state.begun).toBe(3);
  });

  it('goes on when its time has come', async () => {
    const { clock, store, start } = await place(
      makeAgent('napper', [], async (_inputs, ctx: RunContext) => {
        const before = ctx.now();
        await ctx.sleep('3 days');
        return ctx.now() - before;
      }),
    );
    const run = start();
    await turns();
    await clock.advance('5s');
    expect(store.rests).toEqual([
      { waits: [{ node: 'napper', step: 'sleep[1]' }], until: clock.now() - 5000 + 259_200_000 },
    ]);
    await clock.advance('2 days');
    expect(run.status).toBe('suspended');
    await clock.advance('1 day');
    await expect(run.result).resolves.toBe(259_200_000);
  });

  it('goes on when nobody has answered in time', async () => {
    const { clock, start } = await place(
      makeAgent('asker', [], (_inputs, ctx: RunContext) =>
        ctx.waitFor('approval', z.boolean(), { timeout: '1h' }).catch((error) => error.code),
      ),
    );
    const run = start();
    await turns();
    await clock.advance('1h');
    await expect(run.result).resolves.toBe('signal-timed-out');
  });

  it('ends at its deadline', async () => {
    const { agent } = asker();
    const { clock, store, start } = await place(agent, {}, { deadline: '1 day' });
    const run = start();
    await turns();
    const { startedAt } = store.find('r') as { readonly startedAt: number };
    await clock.advance('5s');
    expect(store.rests).toEqual([expect.objectContaining({ until: startedAt + 86_400_000 })]);
    await clock.advance('1 day');
    expect((await run.outcome).status).toBe('timed_out');
    expect(clock.now()).toBe(startedAt + 86_405_000);
  });

  it('can be cancelled', async () => {
    const { agent: first } = asker('first');
    const done = makeAgent('done', [], () => 'done');
    const { clock, store, start } = await place(makeAgent('output', [done, first], () => 1));
    const run = start();
    await turns();
    await clock.advance('5s');
    run.cancel('no longer needed');
    const outcome = await run.outcome;
    expect([outcome.status, run.status]).toEqual(['cancelled', 'cancelled']);
    expect(outcome.nodes()).toMatchObject({
      done: { status: 'completed', output: 'done' },
      first: { status: 'cancelled' },
    });
    expect(store.read('r').at(-1)).toMatchObject({ type: 'run-end', status: 'cancelled' });
    expect(clock.pending).toBe(0);
  });

  it('is parked without being loaded, and shows in its outcome what had settled', async () => {
    const { agent, state } = asker();
    const done = makeAgent('done', [], () => 'done');
    const failing = makeAgent('failing', [], () => {
      throw new Error('no');
    });
    const { clock, store, espalier, start } = await place(makeAgent('output', [done, failing, agent], () => 1));
    const run = start();
    run.result.catch(() => {});
    await turns();
    await clock.advance('5s');
    expect(await espalier.drain()).toEqual(['r']);
    expect([run.status, state.begun, store.find('r')?.owned, store.find('r')?.rest]).toEqual(['parked', 1, false, {}]);
    await expect(run.result).rejects.toMatchObject({ code: 'run-parked' });
    const outcome = await run.outcome;
    expect(outcome.status).toBe('parked');
    expect(outcome.nodes()).toMatchObject({
      done: { status: 'completed', output: 'done' },
      failing: { status: 'failed', error: { message: 'no' } },
      asker: { status: 'suspended' },
      output: { status: 'pending' },
    });
    expect(outcome.usage).toMatchObject({ modelCalls: 0 });
  });

  it('is left at rest by a process that begins, until it is answered', async () => {
    const { agent, state } = asker();
    const { clock, store, workflow, espalier, start } = await place(agent);
    start().result.catch(() => {});
    await turns();
    await clock.advance('5s');
    await espalier.drain();
    const other = await createEspalier({ workflows: [workflow], store, clock, recovery: { every: '1s' } });
    await clock.advance('1m');
    expect([state.begun, store.find('r')?.owned]).toEqual([1, false]);
    store.answer('r', { node: 'asker', step: 'signal:asker', value: true }); // as a process without this workflow may
    await clock.advance('1s');
    await until(() => store.find('r')?.status === 'completed');
    await other.drain();
  });

  it('is put to rest with what it waits for in all its nodes, and goes on with one answer', async () => {
    const one = asker('one');
    const two = asker('two');
    const { clock, store, espalier, start } = await place(
      makeAgent('output', [one.agent, two.agent], (inputs) => inputs),
    );
    const run = start();
    await turns();
    await clock.advance('5s');
    expect(store.rests[0]?.waits.map(({ node }) => node)).toEqual(['one', 'two']);
    await espalier.signal('r', 'two', true);
    await clock.advance('5s');
    expect(store.rests[1]?.waits.map(({ node }) => node)).toEqual(['one']);
    await espalier.signal('r', 'one', false);
    await expect(run.result).resolves.toEqual([{ approved: false }, { approved: true }]);
    expect([one.state.begun, two.state.begun]).toEqual([3, 2]);
  });

  it('spends its budget once, however often it is loaded', async () => {
    const model = new ScriptedModel('one', 'two', 'three');
    const agent = makeAgent(
      'a',
      [],
      async (_inputs, ctx: RunContext) => {
        await ctx.generate('1');
        await ctx.waitFor('first', z.boolean());
        await ctx.generate('2');
        await ctx.waitFor('second', z.boolean());
        return ctx.generate('3');
      },
      [],
      { model: 'default' },
    );
    const { clock, espalier, start } = await place(
      agent,
      { models: { default: model } },
      { budget: { modelCalls: 3 } },
    );
    const run = start();
    await turns();
    for (const signal of ['first', 'second']) {
      await clock.advance('5s');
      await espalier.signal('r', signal, true);
      await turns();
    }
    await expect(run.result).resolves.toBe('three');
    expect((await run.outcome).usage.modelCalls).toBe(3);
  });
});

describe('a run stays in memory', () => {
  const stays = async (
    output: ReturnType<typeof makeAgent>,
    options: Partial<EspalierOptions> = {},
    workflowOptions: Partial<WorkflowOptions<never, ReturnType<typeof makeAgent>>> = {},
  ) => {
    const { clock, store, espalier, start } = await place(output, options, workflowOptions);
    const run = start();
    run.result.catch(() => {});
    await turns();
    await clock.advance('20s');
    expect(store.rests).toEqual([]);
    return { espalier, run, clock };
  };
  const ask = (ctx: RunContext) => ctx.waitFor('approval', z.boolean());

  it('while a step is performed beside the wait', async () => {
    let finish = (): void => {};
    const agent = makeAgent('a', [], (_inputs, ctx: RunContext) =>
      Promise.race([
        ask(ctx),
        ctx.step('work', () => new Promise<string>((resolve) => (finish = () => resolve('worked')))),
      ]),
    );
    const { run } = await stays(agent);
    finish();
    await expect(run.result).resolves.toBe('worked');
  });

  it('while a timeout runs', async () => {
    const agent = makeAgent('a', [], (_inputs, ctx: RunContext) => ask(ctx), [Timeout('1m')]);
    const { run, clock } = await stays(agent);
    await clock.advance('40s');
    expect((await run.outcome).status).toBe('failed');
  });

  it('while it waits for a child run, which is laid aside', async () => {
    const { agent, state } = asker();
    const child = defineWorkflow({ name: 'child', version: 1, output: agent });
    const caller = makeAgent('caller', [], (_inputs, ctx: RunContext) => ctx.call(child, undefined as never), [
      Calls(child, { max: 1 }),
    ]);
    const clock = new VirtualClock();
    const store = new Watched();
    const parent = defineWorkflow({ name: 'parent', version: 1, output: caller, budget: { modelCalls: 9 } });
    const espalier = await createEspalier({ workflows: [parent, child], store, clock });
    const run = espalier.start(parent, undefined as never, { runId: 'r' });
    await turns();
    await clock.advance('20s');
    expect(store.rests).toEqual([{ waits: [{ node: 'asker', step: 'signal:asker' }] }]);
    expect([run.status, store.find('r')?.rest]).toEqual(['suspended', undefined]);
    await espalier.signal('r/caller/call:child[1]', 'asker', true);
    await expect(run.result).resolves.toEqual({ approved: true });
    expect(state.begun).toBe(2);
  });

  it('for as long as it waits, where it was told to', async () => {
    await stays(
      makeAgent('a', [], (_inputs, ctx: RunContext) => ask(ctx)),
      { layAsideAfter: false },
    );
  });
});

describe('a tool that waits for approval', () => {
  let paid = 0;

  @Agent({ instructions: 'Pay.' })
  class Payer {
    @Tool({ description: 'Pay', input: z.object({}), approval: true })
    pay(): string {
      paid += 1;
      return 'paid';
    }
  }

  @Agent({ instructions: 'Let somebody pay.', tools: [asTool(Payer, { description: 'Pays' })] })
  class Boss {}

  const call = (tool: string) => ({ calls: [{ tool, arguments: { task: 'Go.' } }] });

  it('lets its run be laid aside: the model is not asked again', async () => {
    paid = 0;
    const model = new ScriptedModel(call('pay'), 'done');
    const { clock, store, espalier, start } = await place(Payer as never, { models: { default: model } });
    const run = start();
    await turns();
    await clock.advance('5s');
    expect(store.rests).toHaveLength(1);
    await espalier.signal('r', run.suspensions[0]?.signal as string, true);
    await expect(run.result).resolves.toBe('done');
    expect([paid, model.requests.length]).toEqual([1, 2]);
  });

  it('does so inside an agent that is a tool, too', async () => {
    paid = 0;
    const model = new ScriptedModel(call('payer'), call('pay'), 'was paid', 'done');
    const { clock, store, espalier, start } = await place(Boss as never, { models: { default: model } });
    const run = start();
    await turns();
    await clock.advance('5s');
    expect(store.rests).toHaveLength(1);
    await espalier.signal('r', run.suspensions[0]?.signal as string, true);
    await expect(run.result).resolves.toBe('done');
    expect([paid, model.requests.length]).toEqual([1, 4]);
  });

  it('keeps its run in memory while somebody reads what streams', async () => {
    const model = new ScriptedModel(call('look'), 'done').streaming();
    class Streamer {
      async run(_input: unknown, ctx: RunContext) {
        let text = '';
        for await (const piece of ctx.stream('Go.')) text += piece;
        return text;
      }
      look(): string {
        return 'seen';
      }
    }
    const look = Object.getOwnPropertyDescriptor(Streamer.prototype, 'look') as PropertyDescriptor;
    Tool({ description: 'Look', input: z.object({}), approval: true })(Streamer.prototype, 'look', look);
    Agent({ instructions: 'Stream.' })(Streamer);
    const { clock, store, espalier, start } = await place(Streamer as never, { models: { default: model } });
    const run = start();
    await turns();
    await clock.advance('20s');
    expect(store.rests).toEqual([]);
    await espalier.signal('r', run.suspensions[0]?.signal as string, true);
    await expect(run.result).resolves.toBe('done');
  });
});

describe('a slow journal', () => {
  it('takes an answer that comes while the run is put to rest', async () => {
    const { agent } = asker();
    const clock = new VirtualClock();
    const store = new SlowJournal(() => 3);
    const workflow = defineWorkflow({ name: 'w', version: 1, output: agent }) as Workflow;
    const espalier = await createEspalier({ workflows: [workflow], store, clock });
    const run = espalier.start(workflow, undefined, { runId: 'r' });
    await until(() => run.status === 'suspended');
    const aside = clock.advance('5s');
    await espalier.signal('r', 'asker', true);
    await aside;
    await expect(run.result).resolves.toEqual({ approved: true });
    expect(store.kept.read('r').filter(({ type }) => type === 'node-resume')).toHaveLength(1);
  });
});
