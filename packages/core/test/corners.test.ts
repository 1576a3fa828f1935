import {
  Calls,
  createEspalier,
  defineWorkflow,
  type Event,
  type JournalRecord,
  type Lease,
  MemoryJournal,
  optional,
  type RunContext,
  Timeout,
  VirtualClock,
  When,
  type Workflow,
} from '@espalier/core';
import { describe, expect, it } from '@jest/globals';
import { Observable } from 'rxjs';
import { build, eventsOf } from './build.js';
import { type Decorator, makeAgent } from './make-agent.js';
import { SlowJournal } from './slow-journal.js';

const turn = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

async function turns(count: number): Promise<void> {
  for (let left = count; left > 0; left--) await turn();
}

const decorated = (...decorators: unknown[]): Decorator[] => decorators as Decorator[];

const never = (): Promise<never> => new Promise(() => {});

const workflowOf = (name: string, output: ReturnType<typeof makeAgent>, concurrency = 16) =>
  defineWorkflow({ name, version: 1, output, concurrency }) as Workflow<unknown, unknown>;

describe('a node whose timeout cuts its child run short', () => {
  it('takes no slot afterwards: what comes next still runs', async () => {
    const clock = new VirtualClock();
    const child = workflowOf(
      'child',
      makeAgent('nap', [], (_inputs, ctx) => ctx.sleep(1e6)),
    );
    const call = (_inputs: readonly unknown[], ctx: RunContext) => ctx.call(child, null);
    const caller = makeAgent('caller', [], call, decorated(Timeout(10), Calls(child, { max: 1 })));
    const next = makeAgent('next', [optional(caller)], () => turns(5));
    const parent = workflowOf(
      'parent',
      makeAgent('output', [next], () => 'done'),
      1,
    );
    const espalier = await createEspalier({ workflows: [parent, child], clock });
    const run = espalier.start(parent, null);
    for (let passed = 0; passed < 30; passed++) {
      await turn();
      await clock.advance(1);
    }
    expect(run.status).toBe('completed');
    await expect(run.result).resolves.toBe('done');
  });
});

describe('an agent whose Observable cannot be unsubscribed', () => {
  const brittle = () =>
    new Observable(() => () => {
      throw new Error('the teardown broke');
    });

  it.each([
    ['by itself', []],
    ['under a policy', decorated(Timeout(1e6))],
  ])('does not keep the run from ending: %s', async (_what, decorators) => {
    const clock = new VirtualClock();
    let aborted = 0;
    const waits = (name: string) =>
      makeAgent(name, [], (_inputs, ctx) => {
        ctx.signal.addEventListener('abort', () => {
          aborted += 1;
        });
        return never();
      });
    const output = makeAgent(
      'output',
      [waits('a'), makeAgent('brittle', [], brittle, decorators), waits('b')],
      () => 1,
    );
    const { start } = await build(output, {}, { clock });
    const run = start();
    await turn();
    run.cancel('enough');
    await expect(run.outcome).resolves.toMatchObject({ status: 'cancelled' });
    expect(aborted).toBe(2);
    expect(clock.pending).toBe(0);
    const ends = (await eventsOf(run)).flatMap((event) => (event.type === 'node-end' ? [event.status] : []));
    expect(ends).toEqual(['cancelled', 'cancelled', 'cancelled']);
  });
});

describe('subscribers of events', () => {
  it('all see all of them in order, also when one of them cancels the run', async () => {
    const { start } = await build(makeAgent('second', [makeAgent('first', [], () => 1)], never));
    const run = start();
    const first: Event[] = [];
    const second: Event[] = [];
    run.events$.subscribe((event) => {
      first.push(event);
      if (event.type === 'node-end' && event.node === 'first') run.cancel('seen enough');
    });
    let completed = false;
    run.events$.subscribe({
      next: (event) => second.push(event),
      complete: () => {
        completed = true;
      },
    });
    await run.outcome;
    await turn();
    expect(first.map(({ seq }) => seq)).toEqual(first.map((_, index) => index));
    expect(second).toEqual(first);
    expect(second.at(-1)?.type).toBe('run-end');
    expect(completed).toBe(true);
  });

  it('may cancel the run at its first event, and leave no deadline behind', async () => {
    const clock = new VirtualClock();
    const { start } = await build(makeAgent('n', [], never), { deadline: '1h' }, { clock });
    const run = start();
    run.events$.subscribe(() => run.cancel('at once'));
    await expect(run.outcome).resolves.toMatchObject({ status: 'cancelled' });
    expect(clock.pending).toBe(0);
  });

  it('miss nothing when the run ends while what is on record is still being read', async () => {
    class SlowReader extends MemoryJournal {
      override read(runId: string, from?: number): never {
        const records = super.read(runId, from);
        return turns(10).then(() => records) as never;
      }
    }
    let finish: () => void = () => {};
    const node = makeAgent('n', [], () => new Promise<void>((resolve) => (finish = resolve)));
    const { start } = await build(node, {}, { store: new SlowReader() });
    const run = start();
    await turn();
    const reading = eventsOf(run);
    finish();
    await run.outcome;
    expect((await reading).map(({ type }) => type)).toEqual(['run-start', 'node-start', 'node-end', 'run-end']);
  });
});

describe('what the outcome says of nodes', () => {
  it('is what is on record, also where the run was cancelled while a record was on its way', async () => {
    const first = makeAgent('first', [], () => 1);
    const second = makeAgent('second', [first], () => 2);
    const output = makeAgent('output', [second], never);
    for (let moment = 0; moment < 60; moment++) {
      const store = new SlowJournal(() => 4);
      const { start } = await build(output, {}, { store });
      const run = start();
      await turns(moment);
      run.cancel('at any moment');
      const nodes = (await run.outcome).nodes();
      const recorded = Object.fromEntries(['first', 'second', 'output'].map((node) => [node, 'cancelled']));
      for (const record of store.kept.read(run.id)) {
        if (record.type === 'node-end') recorded[record.node] = record.status;
      }
      const shown = Object.fromEntries(Object.entries(nodes).map(([node, { status }]) => [node, status]));
      expect([moment, shown]).toEqual([moment, recorded]);
    }
  });
});

describe('a run that goes on elsewhere', () => {
  it('records no end twice: neither of a node whose condition threw, nor of its dependents', async () => {
    const store = new MemoryJournal();
    const clock = new VirtualClock();
    let block = true;
    const gate = makeAgent('gate', [], () => 1);
    const throwing = When(gate as never, () => {
      throw new Error('no answer');
    });
    const guarded = makeAgent('guarded', [], () => 2, [throwing]);
    const after = makeAgent('after', [guarded], () => 3);
    const blocked = makeAgent('blocked', [], () => (block ? never() : 4));
    const { espalier, workflow, start } = await build(
      makeAgent('output', [optional(after), blocked], (inputs) => inputs.length),
      {},
      { store, clock },
    );
    const run = start();
    await turn();
    block = false;
    const drained = espalier.drain({ timeout: 0 });
    await clock.advance(0);
    await drained;
    const other = await createEspalier({ workflows: [workflow], store, clock, recovery: false });
    await expect((await other.resume(run.id)).result).resolves.toBe(2);
    const settled = store
      .read(run.id)
      .flatMap((record) => (record.type === 'node-end' || record.type === 'node-skip' ? [record.node] : []));
    expect(settled.sort()).toEqual(['after', 'blocked', 'gate', 'guarded', 'output']);
  });

  it('finds its child run parked, not cancelled, when its journal failed', async () => {
    class Failing extends MemoryJournal {
      broken: string | undefined;
      override append(lease: Lease, record: JournalRecord): void {
        if (lease.runId === this.broken) throw new Error('a hiccup');
        super.append(lease, record);
      }
    }
    const store = new Failing();
    const clock = new VirtualClock();
    const child = workflowOf(
      'child',
      makeAgent('nap', [], async (_inputs, ctx) => {
        await ctx.sleep(1000);
        return 'rested';
      }),
    );
    const caller = makeAgent(
      'caller',
      [],
      (_inputs, ctx) => ctx.call(child, null),
      decorated(Calls(child, { max: 1 })),
    );
    const other = makeAgent('other', [], async (_inputs, ctx) => {
      await ctx.sleep(10);
    });
    const parent = workflowOf(
      'parent',
      makeAgent('output', [caller, other], ([value]) => value),
    );
    const one = await createEspalier({ workflows: [parent, child], clock, store });
    const run = one.start(parent, null);
    const ended = run.outcome.catch((error: Error) => error.message);
    await clock.advance(1);
    store.broken = run.id;
    await clock.advance(20);
    await expect(ended).resolves.toBe('a hiccup');
    store.broken = undefined;
    expect(store.list().map(({ ended: isEnded, owned }) => [isEnded, owned])).toEqual([
      [false, false],
      [false, false],
    ]);
    const two = await createEspalier({ workflows: [parent, child], clock, store });
    const resumed = await two.resume(run.id);
    await clock.runAll();
    await expect(resumed.result).resolves.toBe('rested');
  });

  it('can be resumed again when its records could not be read the first time', async () => {
    class Unreadable extends MemoryJournal {
      fails = false;
      override read(runId: string, from?: number): readonly JournalRecord[] {
        if (this.fails) throw new Error('cannot be read');
        return super.read(runId, from);
      }
    }
    const store = new Unreadable();
    const clock = new VirtualClock();
    const { espalier, workflow, start } = await build(
      makeAgent('n', [], (_inputs, ctx) => ctx.sleep(10)),
      {},
      { store, clock },
    );
    const run = start();
    await clock.advance(1);
    await espalier.drain();
    const other = await createEspalier({ workflows: [workflow], store, clock });
    store.fails = true;
    await expect(other.resume(run.id)).rejects.toThrow('cannot be read');
    store.fails = false;
    const resumed = await other.resume(run.id);
    await clock.runAll();
    await expect(resumed.result).resolves.toBeUndefined();
  });
});

describe('draining', () => {
  it('begins no child run that is called meanwhile: its parent is parked, and calls it elsewhere', async () => {
    const store = new SlowJournal(() => 3);
    const clock = new VirtualClock();
    let goOn: () => void = () => {};
    const child = workflowOf(
      'child',
      makeAgent('nap', [], (_inputs, ctx) => ctx.sleep(1e6)),
    );
    const call = async (_inputs: readonly unknown[], ctx: RunContext) => {
      await new Promise<void>((resolve) => (goOn = resolve));
      return ctx.call(child, null);
    };
    const caller = makeAgent('caller', [], call, decorated(Calls(child, { max: 1 })));
    const parent = workflowOf('parent', caller);
    const espalier = await createEspalier({ workflows: [parent, child], clock, store });
    const run = espalier.start(parent, null);
    await turns(20);
    const drained = espalier.drain();
    goOn();
    await expect(drained).resolves.toContain(run.id);
    const runs = await store.list();
    expect(runs).toEqual([expect.objectContaining({ runId: run.id, ended: false, owned: false })]);
  });

  it('takes over no run whose resumption was under way', async () => {
    const store = new SlowJournal(() => 3);
    const clock = new VirtualClock();
    const { espalier, workflow, start } = await build(
      makeAgent('n', [], (_inputs, ctx) => ctx.sleep(10)),
      {},
      { store, clock },
    );
    const run = start();
    await turns(20);
    await espalier.drain();
    const other = await createEspalier({ workflows: [workflow], store, clock });
    const resuming = other.resume(run.id).catch((error: unknown) => error);
    await turn();
    await other.drain();
    expect(await resuming).toMatchObject({ code: 'runtime-closed' });
    expect(await store.find(run.id)).toMatchObject({ owned: false });
  });

  /** A journal whose calls of one kind never come back, from a moment on. */
  class SilentJournal extends MemoryJournal {
    silent: 'append' | 'release' | undefined;
    override append(lease: Lease, record: JournalRecord) {
      return this.silent === 'append' ? never() : super.append(lease, record);
    }
    override release(lease: Lease) {
      return this.silent === 'release' ? never() : super.release(lease);
    }
  }

  const worker = makeAgent('n', [], (_inputs, ctx) => ctx.step('effect', () => turns(3)));

  it('parks a run whose newest record the journal never confirms', async () => {
    const store = new SilentJournal();
    const clock = new VirtualClock();
    const { espalier, workflow, start } = await build(worker, {}, { store, clock });
    const run = start();
    await turn();
    store.silent = 'append';
    await turns(10);
    const drained = espalier.drain({ timeout: '10s' });
    await clock.advance('10s');
    await expect(drained).resolves.toEqual([run.id]);
    expect(clock.pending).toBe(0);
    store.silent = undefined;
    const other = await createEspalier({ workflows: [workflow], store, clock });
    await (await other.resume(run.id)).result;
  });

  it('gives up on a journal that does not take a run back, and says which one', async () => {
    const store = new SilentJournal();
    const clock = new VirtualClock();
    const { espalier, start } = await build(worker, {}, { store, clock });
    const run = start();
    store.silent = 'release';
    await turns(10);
    const drained = espalier.drain({ timeout: '10s', release: '2s' }).catch((error: unknown) => error);
    await clock.advance('11s');
    expect(clock.pending).toBe(1);
    await clock.advance('1s');
    expect(await drained).toMatchObject({
      code: 'drain-incomplete',
      message: `The journal did not answer within 2000 ms: it is not known whether it has taken back '${run.id}'.`,
      details: { runIds: [run.id], parked: [] },
      retryable: false,
    });
    expect(clock.pending).toBe(0);
  });
});
