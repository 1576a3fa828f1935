import {
  type AgentClass,
  append,
  Calls,
  type ChatModel,
  createEspalier,
  defineWorkflow,
  EspalierError,
  type Event,
  each,
  ForEach,
  firstOf,
  MemoryJournal,
  Merge,
  optional,
  type RunContext,
  SharedState,
  VirtualClock,
  When,
  Writes,
} from '@espalier/core';
import { describe, expect, it } from '@jest/globals';
import { z } from 'zod';
import { build, eventsOf, sleep, startsOf, until } from './build.js';
import { makeAgent } from './make-agent.js';

describe('rule 1: dependency-driven', () => {
  it('starts a node when its own inputs are settled, not when a layer is done', async () => {
    const clock = new VirtualClock();
    const fast = makeAgent('fast', [], sleep(10));
    const slow = makeAgent('slow', [], sleep(1000));
    const afterFast = makeAgent('after-fast', [fast], sleep(10));
    const output = makeAgent('output', [afterFast, slow], () => 'done');
    const { start } = await build(output, {}, { clock });
    const run = start();
    const events: Event[] = [];
    run.events$.subscribe((event) => events.push(event));
    await clock.advance(50);
    expect(events.find((event) => event.type === 'node-end' && event.node === 'after-fast')).toBeDefined();
    expect(events.find((event) => event.type === 'node-end' && event.node === 'slow')).toBeUndefined();
    await clock.advance(1000);
    await expect(run.result).resolves.toBe('done');
  });

  it('starts the lowest topological index first where several wait for a slot', async () => {
    const nodes = Array.from({ length: 6 }, (_, index) => makeAgent(`n${index}`, [], async () => index));
    const output = makeAgent('output', nodes, (inputs) => inputs);
    const { start } = await build(output, { concurrency: 1 });
    const events = await eventsOf(start());
    expect(startsOf(events)).toEqual(['n0', 'n1', 'n2', 'n3', 'n4', 'n5', 'output']);
  });

  it('never runs more nodes at once than there are slots', async () => {
    let active = 0;
    let most = 0;
    const nodes = Array.from({ length: 20 }, (_, index) =>
      makeAgent(`n${index}`, [], async () => {
        active += 1;
        most = Math.max(most, active);
        await new Promise((resolve) => setImmediate(resolve));
        active -= 1;
      }),
    );
    const { start } = await build(
      makeAgent('output', nodes, () => null),
      { concurrency: 3 },
    );
    await start().result;
    expect(most).toBe(3);
  });

  it('starts nodes in an order that follows from the graph and the order of completions alone', async () => {
    const startsWhen = async (completions: readonly string[]): Promise<readonly string[]> => {
      const finish = new Map<string, () => void>();
      const gated = (name: string, parents: readonly AgentClass[]): AgentClass =>
        makeAgent(name, parents, () => new Promise<null>((resolve) => finish.set(name, () => resolve(null))));
      const [a, b, c, d] = ['a', 'b', 'c', 'd'].map((name) => gated(name, [])) as [
        AgentClass,
        AgentClass,
        AgentClass,
        AgentClass,
      ];
      const later = [gated('ab', [a, b]), gated('bc', [b, c]), gated('cd', [c, d]), gated('ad', [a, d])];
      const { start } = await build(
        makeAgent('output', later, () => null),
        { concurrency: 2 },
      );
      const run = start();
      for (const name of completions) {
        for (let turns = 0; turns < 3; turns++) await new Promise((resolve) => setImmediate(resolve));
        finish.get(name)?.();
      }
      await run.result;
      return startsOf(await eventsOf(run));
    };
    const order = ['b', 'a', 'ab', 'c', 'bc', 'd', 'ad', 'cd'];
    const starts = await startsWhen(order);
    expect(starts).toEqual(['a', 'b', 'c', 'ab', 'd', 'bc', 'cd', 'ad', 'output']);
    await expect(startsWhen(order)).resolves.toEqual(starts);
  });
});

describe('rule 2: deterministic data', () => {
  it('hands inputs over in declared order, whatever the order of arrival', async () => {
    const clock = new VirtualClock();
    const late = makeAgent('late', [], sleep(100));
    const early = makeAgent('early', [], sleep(1));
    const { start } = await build(
      makeAgent('output', [late, early], (inputs) => inputs),
      {},
      { clock },
    );
    const run = start();
    await clock.runAll();
    await expect(run.result).resolves.toEqual(['late', 'early']);
  });

  it('hands the outputs of @ForEach over in item order', async () => {
    const clock = new VirtualClock();
    const plan = makeAgent('plan', [], () => [30, 20, 10]);
    const section = makeAgent(
      'section',
      [],
      async ([delay], ctx) => {
        await ctx.sleep(delay as number);
        return `${ctx.index}:${delay}`;
      },
      [ForEach(plan, { items: (items) => items as unknown as number[], max: 3 })],
    );
    const { start } = await build(
      makeAgent('output', [each(section)], ([sections]) => sections),
      {},
      { clock },
    );
    const run = start();
    await clock.runAll();
    await expect(run.result).resolves.toEqual(['0:30', '1:20', '2:10']);
  });

  it('shows a node nothing but the outputs of what it depends on, and those cannot be changed', async () => {
    const source = makeAgent('source', [], () => ({ items: ['a'] }));
    const vandal = makeAgent('vandal', [source], ([data]) => {
      try {
        (data as { items: string[] }).items.push('b');
        return 'changed';
      } catch (error) {
        return (error as Error).name;
      }
    });
    const output = makeAgent('output', [source, vandal], (inputs) => inputs);
    const { start } = await build(output);
    await expect(start().result).resolves.toEqual([{ items: ['a'] }, 'TypeError']);
  });

  it('gives the first of several in declared order, not the first to arrive', async () => {
    const clock = new VirtualClock();
    const slow = makeAgent('slow', [], sleep(100));
    const quick = makeAgent('quick', [], sleep(1));
    const { start } = await build(
      makeAgent('output', [firstOf(slow, quick)], ([value]) => value),
      {},
      { clock },
    );
    const run = start();
    await clock.runAll();
    await expect(run.result).resolves.toBe('slow');
  });

  it('gives undefined for an optional dependency that failed', async () => {
    const broken = makeAgent('broken', [], () => {
      throw new Error('no');
    });
    const { start } = await build(makeAgent('output', [optional(broken)], ([value]) => value === undefined));
    await expect(start().result).resolves.toBe(true);
  });
});

@SharedState()
class Notes {
  @Merge(append) items: string[] = [];
  title = 'untitled';
}

const writes =
  (...items: string[]) =>
  (_inputs: readonly unknown[], ctx: RunContext) => {
    ctx.state(Notes).write({ items });
    return null;
  };

describe('rule 3: shared state without races', () => {
  it('shows the initial state and the writes of ancestors in topological order, whatever the timing', async () => {
    for (const [first, second] of [
      [1, 100],
      [100, 1],
    ] as const) {
      const clock = new VirtualClock();
      const delayed = (ms: number, item: string) => async (_inputs: readonly unknown[], ctx: RunContext) => {
        await ctx.sleep(ms);
        ctx.state(Notes).write({ items: [item] });
      };
      const a = makeAgent('a', [], delayed(first, 'a'));
      const b = makeAgent('b', [], delayed(second, 'b'));
      const output = makeAgent('output', [a, b], (_inputs, ctx) => ctx.state(Notes).read().items);
      const { start } = await build(output, {}, { clock });
      const run = start();
      await clock.runAll();
      await expect(run.result).resolves.toEqual(['a', 'b']);
    }
  });

  it('does not show writes of nodes that are no ancestors', async () => {
    const a = makeAgent('a', [], writes('a'));
    const b = makeAgent('b', [a], writes('b'));
    const stranger = makeAgent('stranger', [], writes('stranger'));
    const reader = makeAgent('reader', [b], (_inputs, ctx) => ctx.state(Notes).read().items);
    const { start } = await build(makeAgent('output', [reader, stranger], ([items]) => items));
    await expect(start().result).resolves.toEqual(['a', 'b']);
  });

  it("commits a node's writes with its success and drops them with its failure", async () => {
    let tries = 0;
    const flaky = makeAgent('flaky', [], (_inputs, ctx) => {
      ctx.state(Notes).write({ items: [`try ${ctx.attempt}`] });
      tries += 1;
      if (tries === 1) throw new Error('once');
    });
    const { start } = await build(
      makeAgent('output', [flaky], (_inputs, ctx) => ctx.state(Notes).read().items),
      {},
      { policies: { retry: { attempts: 2, backoff: 0 } } as never },
    );
    await expect(start().result).resolves.toEqual(['try 2']);
  });

  it('does not count what a still open alternative of a skipped node writes', async () => {
    for (const [archive, switchedOff] of [
      [1, 100],
      [100, 1],
    ] as const) {
      const clock = new VirtualClock();
      const primary = makeAgent('primary', [], () => 'primary');
      const second = makeAgent('archive', [], async (_inputs, ctx) => {
        await ctx.sleep(archive);
        ctx.state(Notes).write({ items: ['archive'] });
      });
      const gate = makeAgent('gate', [], async (_inputs, ctx) => {
        await ctx.sleep(switchedOff);
        return false;
      });
      const decorators = [When(gate as never, (open: unknown) => open === true)];
      const skipped = makeAgent('skipped', [firstOf(primary, second)], () => 'never', decorators);
      const read = (_inputs: readonly unknown[], ctx: RunContext) => ctx.state(Notes).read().items;
      const reader = makeAgent('reader', [optional(skipped)], read);
      const { start } = await build(reader, {}, { clock });
      const run = start();
      await clock.runAll();
      await expect(run.result).resolves.toEqual([]);
    }
  });

  it('ends the run with an error that names both nodes when two unordered nodes write one field', async () => {
    const title = (value: string) => (_inputs: readonly unknown[], ctx: RunContext) => {
      ctx.state(Notes).write({ title: value });
    };
    const a = makeAgent('a', [], title('A'));
    const b = makeAgent('b', [], title('B'));
    const { start } = await build(makeAgent('output', [a, b], () => 'done'));
    const outcome = await start().outcome;
    expect(outcome.status).toBe('failed');
    expect((outcome.error as EspalierError).code).toBe('state-conflict');
    expect((outcome.error as Error).message).toBe(
      "Nodes 'a' and 'b' both wrote Notes.title, and neither depends on the other: which value counts would be chance.",
    );
  });
});

describe('rule 3: shared state without races, where writes are declared', () => {
  it('refuses two unordered writers of one field at boot, and names both', async () => {
    const declares = (name: string) => makeAgent(name, [], () => null, [Writes(Notes, 'title') as never]);
    const output = makeAgent('output', [declares('one'), declares('two')], () => null);
    await expect(build(output)).rejects.toMatchObject({
      faults: [{ code: 'state-writers-unordered', message: expect.stringMatching(/one.+two|two.+one/) }],
    });
  });
});

describe('rule 4: failures are isolated', () => {
  const boom = makeAgent('boom', [], () => {
    throw new Error('it broke');
  });

  it('skips what needs a failed node, lets other branches go on, and ends with every partial result', async () => {
    const needs = makeAgent('needs', [boom], () => 'never');
    const apart = makeAgent('apart', [], () => 'fine');
    const { start } = await build(makeAgent('output', [needs, apart], () => 'never'));
    const outcome = await start().outcome;
    expect(outcome.status).toBe('failed');
    expect((outcome.error as Error).message).toMatch(/^Run '.+' of workflow 'test' failed: node 'boom': it broke$/);
    const nodes = outcome.nodes();
    expect(nodes.apart).toEqual({ status: 'completed', output: 'fine' });
    expect(nodes.needs).toEqual({ status: 'skipped' });
    expect(nodes.boom?.status).toBe('failed');
  });

  it('stops at the first failure that nothing tolerates with failFast', async () => {
    const clock = new VirtualClock();
    const long = makeAgent('long', [], sleep(1000));
    const { start } = await build(
      makeAgent('output', [boom, long], () => 'never'),
      { failFast: true },
      { clock },
    );
    const outcome = await start().outcome;
    expect(outcome.status).toBe('failed');
    expect(clock.pending).toBe(0);
  });

  it('does not let failFast stop a run for a failure that is tolerated', async () => {
    const { start } = await build(
      makeAgent('output', [optional(boom)], () => 'fine'),
      { failFast: true },
    );
    await expect(start().result).resolves.toBe('fine');
  });
});

describe('rule 5: one terminal event, one status type', () => {
  const statuses: readonly [string, () => Promise<readonly Event[]>][] = [
    ['completed', async () => eventsOf((await build(makeAgent('ok', [], () => 1))).start())],
    [
      'failed',
      async () =>
        eventsOf(
          (
            await build(
              makeAgent('bad', [], () => {
                throw new Error('bad');
              }),
            )
          ).start(),
        ),
    ],
    [
      'cancelled',
      async () => {
        const run = (await build(makeAgent('long', [], sleep(1e6)))).start();
        run.events$.subscribe(({ type }) => {
          if (type === 'run-suspend') run.cancel('enough');
        });
        return eventsOf(run);
      },
    ],
    [
      'budget_exceeded',
      async () => {
        const spender = makeAgent('spender', [], (_inputs, ctx) => ctx.generate('go'), [], { model: 'default' });
        const models = { default: countingModel() };
        return eventsOf((await build(spender, { budget: { modelCalls: 0 } }, { models })).start());
      },
    ],
    [
      'timed_out',
      async () => {
        const clock = new VirtualClock();
        const run = (await build(makeAgent('long', [], sleep(1e6)), { deadline: 5 }, { clock })).start();
        await clock.runAll();
        return eventsOf(run);
      },
    ],
  ];
  it.each(statuses)('ends with exactly one run-end: %s', async (status, make) => {
    const events = await make();
    const ends = events.filter((event) => event.type === 'run-end');
    expect(ends).toHaveLength(1);
    expect(ends[0]).toMatchObject({ status });
    expect(events.at(-1)).toBe(ends[0]);
    expect(events.map(({ seq }) => seq)).toEqual(events.map((_, index) => index));
  });

  it('rests suspended, which is no end, while everything left waits', async () => {
    const clock = new VirtualClock();
    const { start } = await build(makeAgent('nap', [], sleep(1000)), {}, { clock });
    const run = start();
    await clock.advance(1);
    expect(run.status).toBe('suspended');
    await clock.advance(1000);
    await run.result;
    expect(run.status).toBe('completed');
  });

  it('parks on drain without a terminal event and gives the lease back', async () => {
    const store = new MemoryJournal();
    const clock = new VirtualClock();
    const nap = makeAgent('nap', [], sleep(50));
    const { espalier, start, workflow } = await build(nap, {}, { store, clock, owner: 'one' });
    const run = start();
    await clock.advance(5);
    await expect(espalier.drain()).resolves.toEqual([run.id]);
    await expect(run.result).rejects.toMatchObject({ code: 'run-parked' });
    expect(store.read(run.id).some((record) => record.type === 'run-end')).toBe(false);
    expect(store.find(run.id)).toMatchObject({ ended: false, owned: false });
    const other = await createEspalier({ workflows: [workflow], store, clock, owner: 'two' });
    const resumed = await other.resume(run.id);
    await clock.runAll();
    await expect(resumed.result).resolves.toBe('nap');
    expect(() => espalier.start(workflow, null)).toThrow(
      "start('test'): the runtime is drained and takes no new runs.",
    );
  });
});

describe('rule 6: cancellation reaches everything', () => {
  it('aborts the signal of every running node and leaves nothing behind', async () => {
    const clock = new VirtualClock();
    const aborted: unknown[] = [];
    const nodes = Array.from({ length: 1000 }, (_, index) =>
      makeAgent(`n${index}`, [], (_inputs, ctx) => {
        ctx.signal.addEventListener('abort', () => aborted.push(ctx.signal.reason));
        return new Promise(() => {});
      }),
    );
    const warnings: unknown[] = [];
    const onWarning = (warning: unknown): void => {
      warnings.push(warning);
    };
    process.on('warning', onWarning);
    const { start } = await build(
      makeAgent('output', nodes, () => null),
      { concurrency: 1000 },
      { clock },
    );
    const run = start();
    await new Promise((resolve) => setImmediate(resolve));
    run.cancel('the user left');
    const outcome = await run.outcome;
    await new Promise((resolve) => setImmediate(resolve));
    process.off('warning', onWarning);
    expect(aborted).toHaveLength(1000);
    expect(outcome.status).toBe('cancelled');
    expect((outcome.error as Error).message).toBe(`Run '${run.id}' of workflow 'test' was cancelled: the user left.`);
    expect(warnings).toEqual([]);
    expect(clock.pending).toBe(0);
  });

  it("aborts the signal that a model's request was given", async () => {
    const signals: AbortSignal[] = [];
    const model: ChatModel = {
      name: 'test:slow',
      generate(_request, { signal }) {
        signals.push(signal);
        return new Promise((_resolve, reject) => signal.addEventListener('abort', () => reject(signal.reason)));
      },
    };
    const asker = makeAgent('asker', [], (_inputs, ctx) => ctx.generate('go'), [], { model: 'default' });
    const { start } = await build(asker, {}, { models: { default: model } });
    const run = start();
    while (signals.length === 0) await new Promise((resolve) => setImmediate(resolve));
    run.cancel('enough');
    await run.outcome;
    expect(signals.map(({ aborted, reason }) => [aborted, (reason as EspalierError).code])).toEqual([
      [true, 'run-cancelled'],
    ]);
  });

  it('cancels child runs with their parent', async () => {
    const clock = new VirtualClock();
    const child = defineWorkflow({ name: 'child', version: 1, output: makeAgent('nap', [], sleep(1e6)) });
    const parent = defineWorkflow({
      name: 'parent',
      version: 1,
      output: makeAgent('caller', [], (_inputs, ctx) => ctx.call(child, null), [Calls(child, { max: 1 })]),
    });
    const store = new MemoryJournal();
    const espalier = await createEspalier({ workflows: [parent, child], clock, store });
    const run = espalier.start(parent, null);
    await clock.advance(10);
    run.cancel();
    await run.outcome;
    await clock.advance(0);
    const ends = store.list().map(({ runId }) => store.read(runId).at(-1));
    expect(ends).toHaveLength(2);
    for (const end of ends) expect(end).toMatchObject({ type: 'run-end', status: 'cancelled' });
    expect(clock.pending).toBe(0);
  });
});

/** A model that counts its calls and answers with their number. */
function countingModel(): ChatModel & { calls: number } {
  return {
    name: 'test:counting',
    calls: 0,
    async generate() {
      this.calls += 1;
      return {
        message: { role: 'assistant', content: [{ type: 'text', text: `answer ${this.calls}` }] },
        finishReason: 'stop',
        usage: { inputTokens: 1, outputTokens: 1 },
        model: 'counting',
      };
    },
  };
}

describe('rule 7: journal first', () => {
  it('records an answer before anything uses it, and never asks again for what is on record', async () => {
    const store = new MemoryJournal();
    const model = countingModel();
    let crash = true;
    const seen: (string | undefined)[] = [];
    const asker = makeAgent(
      'asker',
      [],
      async (_inputs, ctx) => {
        const answer = await ctx.generate('hello');
        seen.push(store.read(ctx.runId).findLast((record) => record.type === 'model-end')?.type);
        const effect = await ctx.step('charge', ({ idempotencyKey }) => idempotencyKey);
        if (crash) await new Promise(() => {});
        return [answer, effect];
      },
      [],
      { model: 'default' },
    );
    const { espalier, workflow, start } = await build(asker, {}, { store, models: { default: model } });
    const run = start();
    await until(() => seen.length === 1);
    await until(() => store.read(run.id).some(({ type }) => type === 'step-end'));
    await espalier.drain({ timeout: 0 });
    crash = false;
    const other = await createEspalier({ workflows: [workflow], store, models: { default: model } });
    const resumed = await other.resume(run.id);
    await expect(resumed.result).resolves.toEqual(['answer 1', `${run.id}/asker/charge`]);
    expect(model.calls).toBe(1);
    expect(seen).toEqual(['model-end', 'model-end']);
  });

  it('gives an effect that was in flight at a crash the same idempotency key again', async () => {
    const store = new MemoryJournal();
    const keys: string[] = [];
    let crash = true;
    const payer = makeAgent('payer', [], (_inputs, ctx) =>
      ctx.step('charge', ({ idempotencyKey }) => {
        keys.push(idempotencyKey);
        return crash ? new Promise<string>(() => {}) : 'paid';
      }),
    );
    const { espalier, workflow, start } = await build(payer, {}, { store });
    const run = start();
    await new Promise((resolve) => setImmediate(resolve));
    await espalier.drain({ timeout: 0 });
    crash = false;
    const other = await createEspalier({ workflows: [workflow], store });
    await expect((await other.resume(run.id)).result).resolves.toBe('paid');
    expect(keys).toEqual([`${run.id}/payer/charge`, `${run.id}/payer/charge`]);
  });

  it('does not depend on the order of calls when it replays', async () => {
    const store = new MemoryJournal();
    let order = ['a', 'b'];
    let stop = true;
    const effects: string[] = [];
    const worker = makeAgent('worker', [], async (_inputs, ctx) => {
      const step = (name: string): Promise<string> =>
        ctx.step(name, () => {
          effects.push(name);
          return name.toUpperCase();
        });
      const results = Object.fromEntries(await Promise.all(order.map(async (name) => [name, await step(name)])));
      if (stop) await new Promise(() => {});
      return results;
    });
    const { espalier, workflow, start } = await build(worker, {}, { store });
    const run = start();
    for (let turns = 0; turns < 5; turns++) await new Promise((resolve) => setImmediate(resolve));
    await espalier.drain({ timeout: 0 });
    order = ['b', 'a'];
    stop = false;
    const other = await createEspalier({ workflows: [workflow], store });
    await expect((await other.resume(run.id)).result).resolves.toEqual({ a: 'A', b: 'B' });
    expect(effects).toEqual(['a', 'b']);
  });

  it('does not run a completed node again', async () => {
    const store = new MemoryJournal();
    let first = 0;
    let block = true;
    const done = makeAgent('done', [], () => {
      first += 1;
      return first;
    });
    const output = makeAgent('output', [done], ([value]) => (block ? new Promise(() => {}) : value));
    const { espalier, workflow, start } = await build(output, {}, { store });
    const run = start();
    await new Promise((resolve) => setImmediate(resolve));
    await espalier.drain({ timeout: 0 });
    block = false;
    const other = await createEspalier({ workflows: [workflow], store, recovery: false });
    await expect((await other.resume(run.id)).result).resolves.toBe(1);
    expect(first).toBe(1);
  });
});

describe('rule 8: one owner', () => {
  it('gives a second process that resumes the same run a typed conflict', async () => {
    const store = new MemoryJournal();
    const { workflow, start } = await build(makeAgent('nap', [], sleep(1e6)), {}, { store, owner: 'first' });
    const run = start();
    await new Promise((resolve) => setImmediate(resolve));
    const other = await createEspalier({ workflows: [workflow], store, owner: 'second' });
    await expect(other.resume(run.id)).rejects.toMatchObject({
      code: 'run-owned',
      message: `Run '${run.id}' is held by 'first'.`,
    });
    run.cancel();
    await run.outcome;
  });

  it('refuses records under an older fencing token', async () => {
    const store = new MemoryJournal();
    const { start } = await build(makeAgent('nap', [], sleep(1e6)), {}, { store, owner: 'first' });
    const run = start();
    await new Promise((resolve) => setImmediate(resolve));
    store.release({ runId: run.id, owner: 'first', token: 1 });
    store.acquire(run.id, 'second');
    run.cancel();
    await expect(run.result).rejects.toMatchObject({
      code: 'run-fenced',
      message: `Run '${run.id}' has a newer owner ('second'): token 1 may not append any more, 2 may.`,
    });
  });
});

describe('rule 8: one owner, one answer', () => {
  it('takes the first answer to a suspension, and refuses every other', async () => {
    const asker = makeAgent('asker', [], (_inputs, ctx) => ctx.waitFor('go', z.string()));
    const { espalier, start } = await build(asker);
    const run = start();
    for (let turns = 0; turns < 5; turns++) await new Promise((resolve) => setImmediate(resolve));
    const answers = ['first', 'second', 'third'].map((value) => espalier.signal(run.id, 'go', value));
    const settled = await Promise.allSettled(answers);
    await expect(run.result).resolves.toBe('first');
    expect(settled.map((one) => (one.status === 'rejected' ? one.reason.code : 'taken'))).toEqual([
      'taken',
      'signal-answered',
      'signal-answered',
    ]);
  });
});

describe('rule 9: versions', () => {
  it('refuses to resume against another graph and shows the difference', async () => {
    const store = new MemoryJournal();
    const before = makeAgent('before', [], () => 1);
    const { espalier, start } = await build(
      makeAgent('output', [before], () => new Promise(() => {})),
      {},
      { store },
    );
    const run = start();
    await new Promise((resolve) => setImmediate(resolve));
    await espalier.drain({ timeout: 0 });
    const other = await build(
      makeAgent('output', [makeAgent('after', [], () => 1)], () => 2),
      {},
      { store },
    );
    await expect(other.espalier.resume(run.id)).rejects.toMatchObject({ code: 'run-changed' });
    await other.espalier.resume(run.id).catch((error: Error) => {
      expect(error.message).toContain(`Run '${run.id}' began with another graph of workflow 'test' version 1:`);
      expect(error.message).toContain('+ node after');
      expect(error.message).toContain('- node before');
    });
  });
});

describe('rule 10: everything crosses as plain data', () => {
  it('names the node and the JSON path of what cannot be serialised', async () => {
    const { start } = await build(makeAgent('clock', [], () => ({ at: [{ when: new Date(0) }] })));
    const outcome = await start().outcome;
    const cause = (outcome.error as Error).cause as EspalierError;
    expect(cause.code).toBe('not-plain-data');
    expect(cause.where).toMatchObject({ node: 'clock', path: '$.at[0].when' });
    expect(cause.hint).toContain('toISOString()');
  });
});

describe("rule 10: outputs are validated at the node's boundary", () => {
  it('fails the node whose output does not match, and says where', async () => {
    const output = z.object({ score: z.number() });
    const { start } = await build(makeAgent('judge', [], () => ({ score: 'high' }), [], { output }));
    const { error } = await start().outcome;
    const { cause } = error as { cause: EspalierError };
    expect([cause.code, cause.where.node, cause.where.path]).toEqual(['output-invalid', 'judge', '$.score']);
    expect(cause.message).toMatch(/^The output of node 'judge' \(judge\) is not a .+: \$\.score: .+\.$/);
  });
});

describe('rule 11: history is well-formed', () => {
  it('gives a call that was interrupted a result that says so', async () => {
    const sent: unknown[] = [];
    const model: ChatModel = {
      name: 'test:listener',
      async generate(request) {
        sent.push(...request.messages);
        return {
          message: { role: 'assistant', content: [{ type: 'text', text: 'done' }] },
          finishReason: 'stop',
          usage: { inputTokens: 1, outputTokens: 1 },
          model: 'listener',
        };
      },
    };
    const call = { type: 'tool-call', id: 'a', tool: 'search', arguments: '{}' } as const;
    const agent = makeAgent(
      'agent',
      [],
      (_inputs, ctx) =>
        ctx.generate([
          { role: 'assistant', content: [call] },
          { role: 'user', content: [{ type: 'text', text: 'and?' }] },
        ]),
      [],
      { model: 'default' },
    );
    const { start } = await build(agent, {}, { models: { default: model } });
    await expect(start().result).resolves.toBe('done');
    expect(sent[1]).toEqual({
      role: 'tool',
      callId: 'a',
      tool: 'search',
      content: 'The call was interrupted.',
      failed: true,
    });
  });

  it('gives every tool call its result before the next model call', async () => {
    const requests: unknown[] = [];
    const model: ChatModel = {
      name: 'test:caller',
      async generate(request) {
        requests.push(request.messages.map(({ role }) => role));
        const calls = requests.length === 1;
        return {
          message: {
            role: 'assistant',
            content: calls
              ? [
                  { type: 'tool-call', id: 'a', tool: 'unknown', arguments: '{}' },
                  { type: 'tool-call', id: 'b', tool: 'unknown', arguments: '{' },
                ]
              : [{ type: 'text', text: 'done' }],
          },
          finishReason: calls ? 'tool-calls' : 'stop',
          usage: { inputTokens: 1, outputTokens: 1 },
          model: 'caller',
        };
      },
    };
    const agent = makeAgent('agent', [], (_inputs, ctx) => ctx.generate('go'), [], { model: 'default' });
    const { start } = await build(agent, {}, { models: { default: model } });
    await expect(start().result).resolves.toBe('done');
    expect(requests).toEqual([['user'], ['user', 'assistant', 'tool', 'tool']]);
  });
});

describe("rule 12: time and randomness are the runtime's", () => {
  it('replays ctx.now(), ctx.random() and ctx.uuid() from the record', async () => {
    const store = new MemoryJournal();
    const readings: unknown[] = [];
    let block = true;
    const reader = makeAgent('reader', [], async (_inputs, ctx) => {
      const reading = [ctx.now(), ctx.random(), ctx.random(), ctx.uuid()];
      readings.push(reading);
      return block ? new Promise(() => {}) : reading;
    });
    const { espalier, workflow, start } = await build(reader, {}, { store });
    const run = start();
    await until(() => readings.length === 1);
    await espalier.drain({ timeout: 0 });
    block = false;
    const other = await createEspalier({ workflows: [workflow], store, clock: new VirtualClock(0), random: () => 0.5 });
    const result = await (await other.resume(run.id)).result;
    expect(readings).toHaveLength(2);
    expect(readings[1]).toEqual(readings[0]);
    expect(result).toEqual(readings[0]);
  });

  it('lets days pass in no time on a virtual clock', async () => {
    const clock = new VirtualClock();
    const { start } = await build(makeAgent('nap', [], sleep(3 * 864e5)), {}, { clock });
    const run = start();
    await clock.advance('3 days');
    await expect(run.result).resolves.toBe('nap');
  });
});
