import { describe, expect, it } from '@jest/globals';
import { z } from 'zod';
import { makeAgent } from '../../test/make-agent.js';
import { ScriptedModel, type ScriptedTurn } from '../../test/scripted-model.js';
import { VirtualClock } from '../clock/virtual-clock.js';
import type { RunContext } from '../context/run-context.js';
import { Agent } from '../decorators/agent.js';
import { ForEach } from '../decorators/for-each.js';
import { Handoff } from '../decorators/handoff.js';
import { Repeat } from '../decorators/repeat.js';
import { Tool } from '../decorators/tool.js';
import { When } from '../decorators/when.js';
import { defineWorkflow, type Workflow, type WorkflowOptions } from '../graph/workflow.js';
import { MemoryJournal } from '../journal/memory-journal.js';
import type { AgentClass } from '../metadata/agent-class.js';
import { each, optional } from '../metadata/dependency.js';
import { Budget } from '../policies/budget.js';
import { Cache } from '../policies/cache.js';
import { CircuitBreaker } from '../policies/circuit-breaker.js';
import { Fallback } from '../policies/fallback.js';
import { Retry } from '../policies/retry.js';
import { Timeout } from '../policies/timeout.js';
import { createEspalier } from '../runtime/create-espalier.js';
import { asTool } from '../tools/as-tool.js';
import type { ReplayReport } from './replay-report.js';

type Behave = (inputs: readonly never[], ctx: RunContext) => unknown;
type Options = Partial<WorkflowOptions<never, AgentClass>>;

/** Runs whose code may be changed before they are replayed, and whose effects are counted. */
class Stage {
  readonly store = new MemoryJournal();
  readonly clock = new VirtualClock();
  effects = 0;
  /** What the code has become since. */
  changed = false;

  agent(
    name: string,
    dependencies: Parameters<typeof makeAgent>[1],
    behave: Behave,
    decorators: readonly object[] = [],
  ) {
    return makeAgent(name, dependencies, behave as never, decorators as never);
  }

  async runtime(output: AgentClass, options: Options = {}, model?: ScriptedModel) {
    const workflow = defineWorkflow({ name: 'w', version: 1, output, ...options }) as Workflow<unknown, unknown>;
    const models = model === undefined ? {} : { models: { default: model } };
    const espalier = await createEspalier({
      workflows: [workflow],
      store: this.store,
      clock: this.clock,
      recovery: false,
      random: () => 0.5,
      ...models,
    });
    return { espalier, workflow };
  }

  /** Runs to the end, with time passing, and replays it with the code as it is then. */
  async replayed(output: AgentClass, options: Options = {}, model?: ScriptedModel, input: unknown = 'in') {
    const { espalier, workflow } = await this.runtime(output, options, model);
    const run = espalier.start(workflow, input, { runId: 'r1' });
    let over = false;
    void run.outcome.then(() => {
      over = true;
    });
    for (let at = 0; at < 50 && !over; at++) await this.clock.advance(1000);
    return this.again(espalier);
  }

  async again(espalier: Awaited<ReturnType<typeof createEspalier>>, runId = 'r1'): Promise<ReplayReport> {
    const { effects } = this;
    const records = this.store.read(runId);
    this.changed = true;
    const report = await espalier.replay(runId, { patience: 100 });
    expect(this.effects).toBe(effects);
    expect(this.store.read(runId)).toEqual(records);
    expect(this.clock.pending).toBe(0);
    return report;
  }

  effect<T>(value: T): T {
    this.effects += 1;
    return value;
  }
}

const equal = (records: number) => ({ runId: 'r1', records, ended: true, diverged: undefined });

async function until(holds: () => boolean): Promise<void> {
  for (let turns = 0; turns < 1000 && !holds(); turns++) await new Promise((resolve) => setImmediate(resolve));
}

describe('a replay of what has not changed', () => {
  it('comes to the same, with the time and the randomness of the record, and performs nothing', async () => {
    const stage = new Stage();
    const a = stage.agent('a', [], async (_, ctx) => {
      const read = [ctx.now(), ctx.random(), ctx.uuid()];
      await ctx.sleep('1s');
      return [...read, await ctx.step('paid', () => stage.effect('yes'))];
    });
    const b = stage.agent('b', [a], ([x], ctx) => [x, ctx.now()]);
    expect(await stage.replayed(b)).toEqual(equal(stage.store.read('r1').length));
    expect(stage.effects).toBe(1);
  });

  it('goes through retries, timeouts, fallbacks and failures as they were', async () => {
    const stage = new Stage();
    const flaky = stage.agent(
      'flaky',
      [],
      async (_, ctx) => {
        if (ctx.attempt < 3) throw new Error(`attempt ${ctx.attempt}`);
        return ctx.step('at last', () => stage.effect(ctx.attempt));
      },
      [Retry({ attempts: 3, backoff: '1s' })],
    );
    const slow = stage.agent(
      'slow',
      [],
      async (_, ctx) => {
        if (ctx.attempt === 1) await ctx.sleep('1h');
        if (ctx.attempt === 2) await new Promise(() => {});
        return 'awake';
      },
      [Timeout('2s'), Retry({ attempts: 3, backoff: 0 })],
    );
    const other = stage.agent('other', [], (_, ctx) => `instead of ${ctx.failure?.message}`);
    const broken = stage.agent(
      'broken',
      [],
      () => {
        throw new Error('for good');
      },
      [Retry({ attempts: 2, backoff: 0 }), Fallback(other as never)],
    );
    const lost = stage.agent('lost', [], async (_, ctx) => {
      await ctx.step('fails', () => {
        throw new Error('no effect');
      });
    });
    const end = stage.agent('end', [flaky, slow, broken, optional(lost)], (inputs) => inputs);
    expect(await stage.replayed(end)).toEqual(equal(stage.store.read('r1').length));
  });

  it('goes through items, iterations, conditions and skipped nodes', async () => {
    const stage = new Stage();
    const plan = stage.agent('plan', [], () => [1, 2, 3, 4]);
    const part = stage.agent('part', [], ([x], ctx) => ctx.step(`item ${x}`, () => stage.effect(Number(x) * 2)), [
      ForEach(plan, { items: (list: unknown) => list as number[], max: 4, concurrency: 2 }),
    ]);
    const edit = stage.agent('edit', [each(part)], (_, ctx) => ctx.step('edit', () => (ctx.iteration ?? 0) * 3), [
      Repeat({ until: (n: unknown) => (n as number) > 5, max: 4 }),
    ]);
    const never = stage.agent('never', [edit], () => 1, [When(edit, () => false)]);
    const after = stage.agent('after', [never], () => 2);
    const throws = stage.agent('throws', [edit], () => 1, [
      When(edit, () => {
        throw new Error('no predicate');
      }),
    ]);
    const end = stage.agent('end', [edit, optional(after), optional(throws)], (inputs) => inputs.length);
    expect(await stage.replayed(end)).toEqual(equal(stage.store.read('r1').length));
  });

  it('takes from the record what policies gave: a cached result, an open circuit, a spent budget', async () => {
    const stage = new Stage();
    const cached = stage.agent('cached', [], (_, ctx) => ctx.step('once', () => stage.effect(1)), [
      Cache({ ttl: '1h' }),
    ]);
    const broken = stage.agent(
      'broken',
      [],
      () => {
        throw new Error('boom');
      },
      [CircuitBreaker({ failures: 1, cooldown: '1h' })],
    );
    const { espalier, workflow } = await stage.runtime(stage.agent('end', [cached, optional(broken)], ([x]) => x));
    await espalier.run(workflow, 'in', { runId: 'r1' });
    await espalier.run(workflow, 'in', { runId: 'r2' });
    expect(stage.effects).toBe(1);
    expect((await stage.again(espalier)).diverged).toBeUndefined();
    expect((await stage.again(espalier, 'r2')).diverged).toBeUndefined();
    // The breaker and the cache of the runtime are as they were.
    await espalier.run(workflow, 'in', { runId: 'r3' });
    expect(stage.effects).toBe(1);
  });

  it('meets the races that it met before', async () => {
    const stage = new Stage();
    const race = stage.agent('race', [], async (_, ctx) => {
      const order: string[] = [];
      const one = async (name: string, delay: number) => {
        await ctx.sleep(delay);
        await Promise.resolve().then(() => undefined);
        order.push(name);
      };
      await Promise.all([one('a', 3000), one('b', 1000), one('c', 2000)]);
      await Promise.race([ctx.sleep(1000), ctx.sleep(9000)]);
      return order;
    });
    const report = await stage.replayed(race);
    expect(report).toEqual(equal(stage.store.read('r1').length));
    expect(stage.store.read('r1').at(-1)).toMatchObject({ output: ['b', 'c', 'a'] });
  });

  it('of a run that was cancelled, timed out or that stopped at its first failure ends where that was', async () => {
    for (const how of ['cancel', 'deadline', 'fail-fast'] as const) {
      const stage = new Stage();
      const slow = stage.agent('slow', [], async (_, ctx) => {
        await ctx.step('before', () => stage.effect(1));
        await ctx.sleep('1h');
        return ctx.step('after', () => stage.effect(2));
      });
      const fails = stage.agent('fails', [], async (_, ctx) => {
        await ctx.sleep('2s');
        if (how === 'fail-fast') throw new Error('boom');
        await ctx.sleep('1h');
      });
      const end = stage.agent('end', [slow, fails], () => stage.effect(3));
      const options = how === 'deadline' ? { deadline: '3s' as const } : { failFast: how === 'fail-fast' };
      const { espalier, workflow } = await stage.runtime(end, options);
      const run = espalier.start(workflow, null, { runId: 'r1' });
      await stage.clock.advance(2500);
      if (how === 'cancel') run.cancel('enough');
      await stage.clock.advance(1000);
      await run.outcome;
      expect(await stage.again(espalier)).toEqual(equal(stage.store.read('r1').length));
    }
  });

  it('of a run that waits, or whose process died, ends where the record does', async () => {
    const stage = new Stage();
    const a = stage.agent('a', [], (_, ctx) => ctx.step('s', () => stage.effect('a')));
    const ask = stage.agent('ask', [a], async (_, ctx) => {
      const answer = await ctx.waitFor('ok', z.string(), { request: { please: 'look' } });
      return ctx.step('answered', () => stage.effect(answer));
    });
    const end = stage.agent('end', [ask], (_, ctx) => ctx.step('end', () => stage.effect(2)));
    const { espalier, workflow } = await stage.runtime(end);
    const run = espalier.start(workflow, null, { runId: 'r1' });
    await until(() => run.status === 'suspended');
    expect(await stage.again(espalier)).toMatchObject({ ended: false, diverged: undefined });
    await espalier.signal('r1', 'ok', 'yes');
    await run.result;
    const records = stage.store.read('r1');
    expect(await stage.again(espalier)).toEqual(equal(records.length));
    for (let length = 1; length < records.length; length++) {
      const cut = new Stage();
      const store = new MemoryJournal();
      const lease = store.create(records[0] as never, 'dead');
      for (const record of records.slice(1, length)) store.append(lease, record);
      const other = await createEspalier({ workflows: [workflow], store, clock: cut.clock, recovery: false });
      const { effects } = stage;
      const report = await other.replay('r1', { patience: 50 });
      expect({ length, ...report }).toMatchObject({ length, records: length, ended: false, diverged: undefined });
      expect(stage.effects).toBe(effects);
    }
  });

  it('of a run that was resumed is that of one run', async () => {
    const stage = new Stage();
    const nap = stage.agent('nap', [], async (_, ctx) => {
      const before = await ctx.step('before', () => stage.effect('b'));
      await ctx.sleep('5s');
      return [before, ctx.random(), await ctx.step('after', () => stage.effect('a'))];
    });
    const first = await stage.runtime(stage.agent('end', [nap], ([x]) => x));
    first.espalier.start(first.workflow, null, { runId: 'r1' });
    await stage.clock.advance(1000);
    await first.espalier.drain();
    const second = await createEspalier({
      workflows: [first.workflow],
      store: stage.store,
      clock: stage.clock,
      recovery: false,
    });
    const run = await second.resume('r1');
    await stage.clock.advance(10_000);
    await run.result;
    expect(await stage.again(second)).toEqual(equal(stage.store.read('r1').length));
  });
});

/** Agents that ask a model, call tools, and hand over; `stage` decides what they do differently. */
function talking(stage: Stage) {
  @Agent({ instructions: 'You look things up.' })
  class Researcher {
    @Tool({ description: 'Find', input: z.object({ q: z.string() }) })
    find({ q }: { q: string }): string {
      return stage.effect(`found ${q}`);
    }

    run(topic: { topic: string }, ctx: RunContext): Promise<string> {
      return ctx.generate(`Research ${topic.topic}${stage.changed ? ' well' : ''}`);
    }
  }
  return Researcher;
}

const finding: readonly ScriptedTurn[] = [
  { calls: [{ tool: 'find', arguments: { q: 'tides' } }] },
  'it found something',
];

describe('a replay of what models and tools said', () => {
  it('asks none of them, and holds the requests against the record', async () => {
    const stage = new Stage();
    const Researcher = talking(stage);
    const model = new ScriptedModel(...finding);
    const { espalier, workflow } = await stage.runtime(Researcher, {}, model);
    await espalier.run(workflow, { topic: 'tides' }, { runId: 'r1' });
    const same = await espalier.replay('r1');
    expect(same.diverged).toBeUndefined();
    const { diverged } = await stage.again(espalier);
    expect(diverged).toEqual({
      kind: 'changed',
      type: 'model-start',
      node: 'researcher',
      attempt: 1,
      step: 'generate[1]/model[1]',
      seq: 2,
      path: '$.request.messages[1].content[0].text',
      recorded: 'Research tides',
      now: 'Research tides well',
      message:
        'Node \'researcher\', attempt 1, step \'generate[1]/model[1]\' (record 2): the request to the model is another one at $.request.messages[1].content[0].text: on record "Research tides", now "Research tides well".',
    });
    expect(model.requests).toHaveLength(2);
  });

  it('gives streams their text, tells of a run under a budget, and knows agents that are tools or take over', async () => {
    const stage = new Stage();

    @Agent({ instructions: 'You search.' })
    class Searcher {
      async run(query: { q: string }, ctx: RunContext): Promise<string> {
        const stamp = await ctx.step('stamp', () => stage.effect('stamped'));
        return `${stamp}: ${query.q}${stage.changed && query.q === 'changed' ? '!' : ''}`;
      }
    }

    @Agent({ instructions: 'You take over.' })
    class Expert {}

    @Agent({
      instructions: 'You ask others.',
      tools: [asTool(Searcher, { input: z.object({ q: z.string() }) } as never)],
    })
    @Handoff(Expert, { max: 1 })
    @Budget({ tokens: 100_000 })
    class Pilot {
      async run(topic: { q: string }, ctx: RunContext): Promise<string> {
        let text = '';
        for await (const piece of ctx.stream(`Ask about ${topic.q}`)) text += piece;
        return text;
      }
    }
    for (const q of ['same', 'changed']) {
      const turns: ScriptedTurn[] = [
        { calls: [{ tool: 'searcher', arguments: { q } }] },
        { calls: [{ tool: 'hand_off_to_expert', arguments: {} }] },
        { text: 'the expert says', pieces: ['the expert', ' says'] },
      ];
      stage.changed = false;
      const model = new ScriptedModel(...turns);
      const { espalier, workflow } = await stage.runtime(Pilot as never, {}, model);
      const run = espalier.start(workflow, { q }, { runId: `r-${q}` });
      const outcome = await run.outcome;
      expect(outcome.status).toBe('completed');
      const { diverged } = await stage.again(espalier, `r-${q}`);
      if (q === 'same') expect(diverged).toBeUndefined();
      else {
        expect(diverged).toMatchObject({
          kind: 'changed',
          type: 'node-end',
          node: 'pilot/searcher',
          path: '$.output',
          recorded: 'stamped: changed',
          now: 'stamped: changed!',
        });
      }
    }
  });
});

describe('a divergence', () => {
  /** What a replay reports of an agent that does one thing first and another later. */
  async function between(before: Behave, now: Behave, decorators: readonly object[] = []) {
    const stage = new Stage();
    const first = stage.agent('first', [], () => 'given');
    const node = stage.agent(
      'node',
      [first],
      (inputs, ctx) => (stage.changed ? now(inputs, ctx) : before(inputs, ctx)),
      decorators,
    );
    const { diverged } = await stage.replayed(stage.agent('end', [node], ([x]) => x));
    return diverged;
  }
  const pay = (ctx: RunContext) => ctx.step('pay', () => 'paid');
  const log = (ctx: RunContext) => ctx.step('log', () => 'logged');

  it('is an output that is another one', async () => {
    expect(
      await between(
        () => ({ list: [1, { deep: 'a' }] }),
        () => ({ list: [1, { deep: 'b' }] }),
      ),
    ).toMatchObject({
      kind: 'changed',
      type: 'node-end',
      node: 'node',
      path: '$.output.list[1].deep',
      recorded: 'a',
      now: 'b',
    });
  });

  it('is a failure that is no more, is new, or is another one', async () => {
    const fails = (message: string) => () => {
      throw new Error(message);
    };
    expect(await between(fails('boom'), () => 1)).toMatchObject({
      path: '$.status',
      recorded: 'failed',
      now: 'completed',
    });
    expect(await between(() => 1, fails('boom'))).toMatchObject({
      path: '$.status',
      recorded: 'completed',
      now: 'failed',
    });
    expect(await between(fails('boom'), fails('bang'))).toMatchObject({
      path: '$.error.message',
      recorded: 'boom',
      now: 'bang',
    });
    const retried = await between(fails('boom'), fails('bang'), [Retry({ attempts: 2, backoff: 0 })]);
    expect(retried).toMatchObject({ type: 'node-retry', attempt: 1, path: '$.error.message' });
  });

  it('is a step that is not on record, or that is not done any more', async () => {
    expect(
      await between(
        () => 1,
        async (_, ctx) => (await pay(ctx)).length,
      ),
    ).toMatchObject({
      kind: 'unrecorded',
      node: 'node',
      step: 'step:pay',
      message: "Node 'node', step 'step:pay': the code does this step; it is not on record.",
    });
    expect(
      await between(
        async (_, ctx) => (await pay(ctx)).length,
        () => 1,
      ),
    ).toMatchObject({
      kind: 'missing',
      node: 'node',
      step: 'step:pay',
      message: expect.stringMatching(
        /^Node 'node', step 'step:pay' \(record \d+\): it is on record; the code does not come to it any more\.$/,
      ),
    });
    expect(
      await between(
        () => 1,
        (_, ctx) => ctx.now() * 0 + 1,
      ),
    ).toMatchObject({ kind: 'unrecorded', step: 'now[1]' });
    expect(
      await between(
        () => 1,
        (_, ctx) => ctx.sleep(10),
      ),
    ).toMatchObject({
      kind: 'unrecorded',
      type: 'node-suspend',
      step: 'sleep[1]',
    });
  });

  it('is another order of steps', async () => {
    const diverged = await between(
      async (_, ctx) => [await pay(ctx), await log(ctx)].length,
      async (_, ctx) => [await log(ctx), await pay(ctx)].length,
    );
    expect(diverged).toMatchObject({
      kind: 'order',
      node: 'node',
      step: 'step:pay',
      message: expect.stringContaining("on record it comes before step 'step:log', which the code does first"),
    });
  });

  it('is code that never comes to what is next', async () => {
    const diverged = await between(
      async (_, ctx) => pay(ctx),
      () => new Promise(() => {}),
    );
    expect(diverged).toMatchObject({ kind: 'missing', step: 'step:pay' });
    const stuck = await between(
      () => 1,
      () => new Promise(() => {}),
    );
    expect(stuck).toMatchObject({ kind: 'missing', type: 'node-end', node: 'node' });
  });

  it('is a question that is another one', async () => {
    const stage = new Stage();
    const ask = stage.agent('ask', [], (_, ctx) =>
      ctx.waitFor('ok', z.string(), { request: { sum: stage.changed ? 2 : 1 } }),
    );
    const { espalier, workflow } = await stage.runtime(ask);
    const run = espalier.start(workflow, null, { runId: 'r1' });
    await until(() => run.status === 'suspended');
    const asked = { kind: 'changed', type: 'node-suspend', node: 'ask', path: '$.request.sum', recorded: 1, now: 2 };
    expect((await stage.again(espalier)).diverged).toMatchObject(asked);
    await espalier.signal('r1', 'ok', 'yes');
    await run.result;
    expect((await stage.again(espalier)).diverged).toMatchObject(asked);
  });

  it('is another number of items, and a node that runs or is skipped', async () => {
    const stage = new Stage();
    const plan = stage.agent('plan', [], () => 2);
    const part = stage.agent('part', [], ([x]) => x, [
      ForEach(plan, { items: () => (stage.changed ? [1] : [1, 2]), max: 3 }),
    ]);
    expect((await stage.replayed(stage.agent('end', [each(part)], ([x]) => x))).diverged).toMatchObject({
      type: 'node-fan-out',
      path: '$.count',
      recorded: 2,
      now: 1,
    });
    for (const opens of [true, false]) {
      const gate = new Stage();
      const first = gate.agent('first', [], () => 1);
      const gated = gate.agent('gated', [first], () => 1, [When(first, () => opens !== gate.changed)]);
      const { diverged } = await gate.replayed(gate.agent('end', [optional(gated)], () => 1));
      expect(diverged).toMatchObject(
        opens
          ? { kind: 'missing', node: 'gated', message: expect.stringContaining('on record it runs; now it is skipped') }
          : {
              kind: 'unrecorded',
              type: 'node-start',
              node: 'gated',
              message: expect.stringContaining('on record it is skipped'),
            },
      );
    }
  });
});

describe('a replay of a forked or migrated run', () => {
  it('takes what was taken over as it stands, and does the rest again', async () => {
    const stage = new Stage();
    let ran: string[] = [];
    const noting = (name: string, dependencies: Parameters<typeof makeAgent>[1]) =>
      stage.agent(name, dependencies, (inputs) => {
        ran.push(name);
        return `${name}(${inputs.join()})`;
      });
    const a = noting('a', []);
    const b = noting('b', [a]);
    const { espalier, workflow } = await stage.runtime(noting('c', [b]));
    await espalier.run(workflow, null, { runId: 'r1' });
    await (await espalier.fork('r1', { from: 'c', outputs: { b: 'mine' }, runId: 'r2' })).result;
    ran = [];
    expect((await stage.again(espalier, 'r2')).diverged).toBeUndefined();
    expect(ran).toEqual(['c']);
  });
});

describe('what cannot be replayed', () => {
  it('is a run of another graph, and one that is not there', async () => {
    const stage = new Stage();
    const { espalier, workflow } = await stage.runtime(stage.agent('a', [], () => 1));
    await espalier.run(workflow, null, { runId: 'r1' });
    await expect(espalier.replay('r0')).rejects.toMatchObject({ code: 'run-unknown' });
    await expect(espalier.replay('r1', { patience: 'soon' as never })).rejects.toMatchObject({
      code: 'policy-invalid',
    });
    const other = await stage.runtime(
      stage.agent('b', [], () => 1),
      { migrate: () => ({}) },
    );
    await expect(other.espalier.replay('r1')).rejects.toMatchObject({ code: 'run-changed' });
  });
});

it('replays ten thousand records', async () => {
  const stage = new Stage();
  const many = stage.agent('many', [], async (_, ctx) => {
    for (let at = 0; at < 5000; at++) await ctx.step(`s${at}`, () => at);
  });
  const plan = stage.agent('plan', [], () => Array.from({ length: 2500 }, (_, at) => at));
  const part = stage.agent('part', [], ([x]) => x, [
    ForEach(plan, { items: (list: unknown) => list as number[], max: 2500 }),
  ]);
  const { espalier, workflow } = await stage.runtime(stage.agent('end', [many, each(part)], () => 1));
  await espalier.run(workflow, null, { runId: 'r1' });
  const { diverged, records } = await espalier.replay('r1');
  expect(diverged).toBeUndefined();
  expect(records).toBeGreaterThan(10_000);
});
