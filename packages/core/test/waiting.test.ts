import {
  type AgentClass,
  Calls,
  createEspalier,
  defineWorkflow,
  Fallback,
  MemoryJournal,
  optional,
  Retry,
  type RunContext,
  Timeout,
  VirtualClock,
  type Workflow,
} from '@espalier/core';
import { describe, expect, it } from '@jest/globals';
import { build as buildWith } from './build.js';
import { type Decorator, makeAgent } from './make-agent.js';

async function build(output: AgentClass, options: Parameters<typeof buildWith>[1] = {}) {
  const clock = new VirtualClock();
  return { ...(await buildWith(output, options, { clock })), clock };
}

const turn = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

/** Lets time pass slowly: a millisecond a turn, so that what works in turns of the event loop is not overtaken. */
async function slowly(clock: VirtualClock, ms: number): Promise<void> {
  for (let passed = 0; passed < ms; passed++) {
    await turn();
    await clock.advance(1);
  }
}

/** Counts how many of its agents run at once: between its start and its end, waits left out. */
function gauge() {
  const seen = { active: 0, most: 0 };
  const work = async (): Promise<void> => {
    seen.active += 1;
    seen.most = Math.max(seen.most, seen.active);
    for (let turns = 0; turns < 3; turns++) await turn();
    seen.active -= 1;
  };
  return { seen, work };
}

const decorated = (...decorators: unknown[]): Decorator[] => decorators as Decorator[];

describe('a wait that is cut short by a timeout', () => {
  it('frees its slot once, and no more run at once afterwards than before', async () => {
    const { seen, work } = gauge();
    const sleepers = Array.from({ length: 5 }, (_, index) =>
      makeAgent(`sleeper${index}`, [], (_inputs, ctx) => ctx.sleep(1000), decorated(Timeout(10))),
    );
    const first = makeAgent('first', sleepers.map(optional), work);
    const workers = Array.from({ length: 6 }, (_, index) => makeAgent(`worker${index}`, [first], work));
    const { start, clock } = await build(
      makeAgent('output', workers, () => 'done'),
      { concurrency: 2 },
    );
    const run = start();
    await clock.runAll();
    await expect(run.result).resolves.toBe('done');
    expect(seen).toEqual({ active: 0, most: 2 });
    expect(clock.pending).toBe(0);
  });

  it('waits for a slot before it tries again, and the timeout does not count that', async () => {
    const { seen, work } = gauge();
    const flaky = Array.from({ length: 8 }, (_, index) =>
      makeAgent(
        `flaky${index}`,
        [],
        async (_inputs, ctx) => {
          if (ctx.attempt === 1) await ctx.sleep(1000);
          else await work();
          return index;
        },
        decorated(Timeout(10), Retry({ attempts: 2, backoff: 5 })),
      ),
    );
    const { start, clock } = await build(
      makeAgent('output', flaky, (inputs) => inputs),
      { concurrency: 1 },
    );
    const run = start();
    await slowly(clock, 100);
    await expect(run.result).resolves.toEqual([0, 1, 2, 3, 4, 5, 6, 7]);
    expect(seen).toEqual({ active: 0, most: 1 });
  });

  it('goes on with the fallback in a slot of its own', async () => {
    const { seen, work } = gauge();
    const spare = makeAgent('spare', [], async () => {
      await work();
      return 'spare';
    });
    const stuck = Array.from({ length: 3 }, (_, index) =>
      makeAgent(
        `stuck${index}`,
        [],
        (_inputs, ctx) => ctx.sleep(1000),
        decorated(Timeout(10), Fallback(spare as never)),
      ),
    );
    const { start, clock } = await build(
      makeAgent('output', stuck, (inputs) => inputs),
      { concurrency: 1 },
    );
    const run = start();
    await clock.runAll();
    await expect(run.result).resolves.toEqual(['spare', 'spare', 'spare']);
    expect(seen.most).toBe(1);
  });

  it('says that the run goes on, not that it rests, while a retry is due', async () => {
    const nap = makeAgent(
      'nap',
      [],
      async (_inputs, ctx) => {
        if (ctx.attempt === 1) await ctx.sleep(1000);
        return 'awake';
      },
      decorated(Timeout(10), Retry({ attempts: 2, backoff: 500 })),
    );
    const { start, clock } = await build(nap);
    const run = start();
    await clock.advance(1);
    expect(run.status).toBe('suspended');
    await clock.advance(20);
    expect(run.status).toBe('running');
    await clock.advance(500);
    await expect(run.result).resolves.toBe('awake');
  });
});

describe('several waits of one node', () => {
  it('rest until the last one ends', async () => {
    const both = makeAgent('both', [], async (_inputs, ctx) => {
      await Promise.all([ctx.sleep(100), ctx.sleep(300)]);
      return 'both';
    });
    const { start, clock } = await build(both);
    const run = start();
    await clock.advance(150);
    expect(run.status).toBe('suspended');
    await clock.advance(200);
    await expect(run.result).resolves.toBe('both');
  });
});

describe('a node whose child run waits', () => {
  const nap = (ms: number) => makeAgent('nap', [], (_inputs, ctx) => ctx.sleep(ms));

  it('waits with it: it holds no slot, and its run is suspended too', async () => {
    const { seen, work } = gauge();
    const child = defineWorkflow({ name: 'child', version: 1, output: nap(100) }) as Workflow<unknown, unknown>;
    const call = (_inputs: readonly unknown[], ctx: RunContext) => ctx.call(child, null);
    const caller = makeAgent('caller', [], call, [Calls(child, { max: 1 })]);
    const other = makeAgent('other', [], work);
    const output = makeAgent('output', [caller, other], () => 'done');
    const workflow = defineWorkflow({ name: 'parent', version: 1, output, concurrency: 1 }) as Workflow<
      unknown,
      unknown
    >;
    const clock = new VirtualClock();
    const espalier = await createEspalier({ workflows: [workflow, child], clock });
    const run = espalier.start(workflow, null);
    await slowly(clock, 20);
    expect(seen).toEqual({ active: 0, most: 1 });
    expect(run.status).toBe('suspended');
    await slowly(clock, 100);
    await expect(run.result).resolves.toBe('done');
  });

  it('stops waiting when its timeout cuts the child short', async () => {
    const child = defineWorkflow({ name: 'child', version: 1, output: nap(1e6) }) as Workflow<unknown, unknown>;
    const call = (_inputs: readonly unknown[], ctx: RunContext) => ctx.call(child, null);
    const caller = makeAgent('caller', [], call, decorated(Timeout(10), Calls(child, { max: 1 })));
    const output = makeAgent('output', [optional(caller)], ([value]) => value === undefined);
    const workflow = defineWorkflow({ name: 'parent', version: 1, output, concurrency: 1 }) as Workflow<
      unknown,
      unknown
    >;
    const clock = new VirtualClock();
    const espalier = await createEspalier({ workflows: [workflow, child], clock });
    const run = espalier.start(workflow, null);
    await slowly(clock, 30);
    await expect(run.result).resolves.toBe(true);
    expect((await espalier.list()).every(({ ended }) => ended)).toBe(true);
    expect(clock.pending).toBe(0);
  });
});

describe('draining while a child run waits', () => {
  it('parks parent and child, and both go on elsewhere', async () => {
    const store = new MemoryJournal();
    let naps = 0;
    const nap = makeAgent('nap', [], async (_inputs, ctx) => {
      naps += 1;
      await ctx.sleep(1000);
      return 'rested';
    });
    const child = defineWorkflow({ name: 'child', version: 1, output: nap }) as Workflow<unknown, unknown>;
    const parent = defineWorkflow({
      name: 'parent',
      version: 1,
      output: makeAgent('caller', [], (_inputs, ctx: RunContext) => ctx.call(child, null), [Calls(child, { max: 1 })]),
    }) as Workflow<unknown, unknown>;
    const clock = new VirtualClock();
    const workflows = [parent, child];
    const one = await createEspalier({ workflows, clock, store, owner: 'one' });
    const run = one.start(parent, null);
    await clock.advance(1);
    const parked = await one.drain();
    expect(parked).toHaveLength(2);
    expect(parked).toContain(run.id);
    await expect(run.result).rejects.toMatchObject({ code: 'run-parked' });
    expect((await run.outcome).nodes()).toEqual({ caller: { status: 'suspended' } });
    expect(store.list().map(({ ended, owned }) => ({ ended, owned }))).toEqual([
      { ended: false, owned: false },
      { ended: false, owned: false },
    ]);

    const two = await createEspalier({ workflows, clock, store, owner: 'two' });
    const resumed = await two.resume(run.id);
    await clock.advance(2000);
    await expect(resumed.result).resolves.toBe('rested');
    expect(naps).toBe(2); // the agent's code ran again; its sleep, on record, did not begin anew
  });
});
