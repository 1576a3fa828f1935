import {
  Calls,
  createEspalier,
  defineWorkflow,
  type Espalier,
  type EspalierOptions,
  type JournalRecord,
  type Lease,
  MemoryJournal,
  type RefusedRun,
  type RunContext,
  type RunFilter,
  VirtualClock,
  type Workflow,
} from '@espalier/core';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { z } from 'zod';
import { until } from '../../test/build.js';
import { makeAgent } from '../../test/make-agent.js';
import { SlowJournal } from '../../test/slow-journal.js';

/** A journal of which several processes hold runs, and in which one of them can die. */
class SharedJournal extends MemoryJournal {
  readonly queries: RunFilter[] = [];
  readonly #held = new Map<string, Lease>();
  readonly #dead = new Set<string>();

  override create(...args: Parameters<MemoryJournal['create']>): Lease {
    return this.#keep(super.create(...args));
  }

  override acquire(runId: string, owner: string): Lease {
    const lease = super.acquire(runId, owner);
    return this.#keep(this.#dead.delete(runId) ? { ...lease, expired: true } : lease);
  }

  override release(lease: Lease): void {
    super.release(lease);
    if (this.#held.get(lease.runId)?.token === lease.token) this.#held.delete(lease.runId);
  }

  override list(filter: RunFilter = {}) {
    if (filter.due !== undefined) this.queries.push(filter);
    return super.list(filter);
  }

  /** The process of this name is gone, and its leases are over. */
  kill(owner: string): void {
    for (const [runId, lease] of this.#held) {
      if (lease.owner !== owner) continue;
      this.release(lease);
      this.#dead.add(runId);
    }
  }

  #keep(lease: Lease): Lease {
    this.#held.set(lease.runId, lease);
    return lease;
  }
}

const workflowOf = (name: string, run: (ctx: RunContext) => unknown, version = 1): Workflow =>
  defineWorkflow({ name, version, output: makeAgent('n', [], (_inputs, ctx) => run(ctx)) }) as Workflow;

const asking = workflowOf('asking', (ctx) => ctx.waitFor('approval', z.boolean()));

/** What the processes of one test share. */
function place() {
  const store = new SharedJournal();
  const clock = new VirtualClock();
  const refused: RefusedRun[] = [];
  const begin = (
    owner: string,
    workflows: readonly Workflow[],
    recovery: EspalierOptions['recovery'] = { every: '1s', onRefused: (run) => refused.push(run) },
  ): Promise<Espalier> => createEspalier({ workflows, store, clock, owner, recovery });
  const typesOf = (runId: string) => store.read(runId).map(({ type }) => type);
  return { store, clock, refused, begin, typesOf };
}

const turn = () => new Promise((resolve) => setImmediate(resolve));
const turns = async () => {
  for (let count = 0; count < 20; count++) await turn();
};

/** A workflow that works until it is told to finish, and counts how often its step was performed. */
function slow(name = 'slow') {
  const state = { begun: 0, performed: 0, finish: (_value: string): void => {} };
  const workflow = workflowOf(name, async (ctx) => {
    state.begun += 1;
    await ctx.step('first', () => {
      state.performed += 1;
    });
    return new Promise<string>((resolve) => {
      state.finish = resolve;
    });
  });
  return { state, workflow };
}

describe('recovery', () => {
  it('goes on with what a process left that has died before this one began', async () => {
    const { store, begin, typesOf } = place();
    const { state, workflow } = slow();
    const one = await begin('one', [workflow]);
    one.start(workflow, undefined, { runId: 'r' });
    await until(() => state.performed === 1);
    store.kill('one');

    await begin('two', [workflow]);
    await until(() => state.begun === 2);
    state.finish('done');
    await until(() => store.find('r')?.ended === true);
    expect(state.performed).toBe(1);
    expect(typesOf('r')).toEqual([
      ...['run-start', 'node-start', 'step-end', 'run-resume', 'node-start', 'node-end', 'run-end'],
    ]);
    expect(store.read('r')[3]).toMatchObject({ owner: 'two', expired: true });
  });

  it('goes on with what a process leaves that dies later, at the next look', async () => {
    const { store, clock, begin } = place();
    const { state, workflow } = slow();
    const one = await begin('one', [workflow], false);
    const two = await begin('two', [workflow]);
    one.start(workflow, undefined, { runId: 'r' });
    await until(() => state.begun === 1);
    await clock.advance('10s');
    expect(state.begun).toBe(1);
    store.kill('one');
    await clock.advance('1s');
    expect(state.begun).toBe(2);
    const run = await two.resume<string>('r'); // the handle of the run that was recovered
    state.finish('done');
    await expect(run.result).resolves.toBe('done');
  });

  it.each([0, 1, 2, 5, 10, 20])('gives the handle to whoever resumes it meanwhile, %d turns later', async (count) => {
    for (const store of [new SharedJournal(), new SlowJournal(() => 2)]) {
      const clock = new VirtualClock();
      const one = await createEspalier({ workflows: [asking], store, clock });
      one.start(asking, undefined, { runId: 'r' }).result.catch(() => {});
      await turns();
      await one.drain();
      const two = await createEspalier({ workflows: [asking], store, clock });
      for (let done = 0; done < count; done++) await undefined;
      const [run, same] = await Promise.all([two.resume('r'), two.resume('r')]);
      expect(same).toBe(run);
      await two.signal('r', 'approval', true);
      await expect(run.result).resolves.toBe(true);
    }
  });

  it('goes on with what another process has parked, and tells that it gave it back', async () => {
    const { store, clock, begin } = place();
    const { state, workflow } = slow();
    const one = await begin('one', [workflow]);
    await begin('two', [workflow]);
    one.start(workflow, undefined, { runId: 'r' });
    await until(() => state.begun === 1);
    const drained = one.drain({ timeout: 0 });
    await clock.advance(0);
    expect(await drained).toEqual(['r']);
    await clock.advance('1s');
    await until(() => state.begun === 2);
    expect(store.read('r').find(({ type }) => type === 'run-resume')).toEqual(
      expect.not.objectContaining({ expired: true }),
    );
  });

  it('takes over no run of its own process when it is drained, and looks no more', async () => {
    const { store, clock, begin } = place();
    const one = await begin('one', [asking]);
    one.start(asking, undefined, { runId: 'r' });
    await turns();
    await one.drain();
    const { length } = store.queries;
    await clock.advance('1 minute');
    expect([store.queries.length, store.find('r')?.owned, clock.pending]).toEqual([length, false, 0]);
  });

  it('shares the runs between processes that begin at once: each goes on once', async () => {
    const { store, begin } = place();
    const { state, workflow } = slow();
    const one = await begin('one', [workflow], false);
    for (let index = 0; index < 40; index++) one.start(workflow, undefined, { runId: `r${index}` });
    await until(() => state.begun === 40);
    store.kill('one');
    await Promise.all(['two', 'three', 'four'].map((owner) => begin(owner, [workflow], { every: '1s' })));
    await until(() => state.begun === 80);
    await turns();
    expect(state.begun).toBe(80);
    for (let index = 0; index < 40; index++) {
      expect(store.read(`r${index}`).filter(({ type }) => type === 'run-resume')).toHaveLength(1);
    }
  });

  it('recovers as many at once as it may, and the next ones when some rest or have ended', async () => {
    const { store, clock, begin } = place();
    const finishes: (() => void)[] = [];
    const workflow = workflowOf('w', () => new Promise<void>((resolve) => finishes.push(resolve)));
    const one = await begin('one', [workflow, asking], false);
    for (let index = 0; index < 5; index++) one.start(workflow, undefined, { runId: `w${index}` });
    for (let index = 0; index < 5; index++) one.start(asking, undefined, { runId: `a${index}` });
    await until(() => finishes.length === 5);
    await turns();
    store.kill('one');
    finishes.length = 0;
    await begin('two', [workflow, asking], { concurrency: 2 });
    for (let rounds = 0; rounds < 30 && store.list({ ended: true }).length < 5; rounds++) {
      await clock.advance(0);
      await turns();
      const working = store.list({ owned: true, ended: false, workflow: 'w' }).length;
      expect(working).toBeLessThanOrEqual(2);
      for (const finish of finishes.splice(0)) finish();
    }
    await until(() => store.list({ workflow: 'w', ended: true }).length === 5);
    expect(store.list({ workflow: 'asking', owned: true })).toHaveLength(5);
  });

  it('costs one query a look, also where there are many runs that it cannot go on with', async () => {
    const { store, clock, begin, refused } = place();
    const foreign = workflowOf('foreign', (ctx) => ctx.sleep('1 day'));
    const { state, workflow } = slow();
    const one = await begin('one', [foreign, workflow], false);
    for (let index = 0; index < 250; index++) one.start(foreign, undefined, { runId: `f${index}` });
    await turns();
    store.kill('one');
    await begin('two', [workflow]);
    await turns();
    expect(store.queries).toHaveLength(3); // the first look goes through all pages
    expect(refused).toEqual([
      {
        ...{ runId: 'f0', workflow: 'foreign', version: 1 },
        error: expect.objectContaining({
          code: 'workflow-unknown',
          message: "Run 'f0' is of workflow 'foreign', which is not registered.",
        }),
      },
    ]);
    const three = await begin('three', [workflow], false);
    three.start(workflow, undefined, { runId: 'late' });
    await until(() => state.begun === 1);
    store.kill('three');
    store.queries.length = 0;
    await clock.advance('3s');
    expect([store.queries.length, state.begun]).toEqual([3, 2]);
    expect(refused).toHaveLength(1);
  });

  it('leaves a run alone whose graph has changed, and tells of it once', async () => {
    const { store, clock, begin, refused } = place();
    const one = await begin('one', [asking], false);
    one.start(asking, undefined, { runId: 'r' });
    await turns();
    store.kill('one');
    const changed = defineWorkflow({
      name: 'asking',
      version: 1,
      output: makeAgent('other', [], (_inputs, ctx: RunContext) => ctx.waitFor('approval', z.boolean())),
    });
    const two = await begin('two', [changed]);
    await clock.advance('5s');
    expect(refused.map(({ runId, error }) => [runId, error.code])).toEqual([['r', 'run-changed']]);
    expect(store.find('r')?.owned).toBe(false);
    await expect(two.resume('r')).rejects.toMatchObject({ code: 'run-changed' });
  });

  it('is kept from nothing by a listener that throws', async () => {
    const { store, begin } = place();
    const { state, workflow } = slow();
    const foreign = workflowOf('foreign', (ctx) => ctx.sleep('1 day'));
    const one = await begin('one', [foreign, workflow], false);
    one.start(foreign, undefined);
    one.start(workflow, undefined);
    await until(() => state.begun === 1);
    store.kill('one');
    await begin('two', [workflow], {
      onRefused: () => {
        throw new Error('a fault of the listener');
      },
    });
    await until(() => state.begun === 2);
  });

  it('leaves a run alone with which process after process dies, until somebody resumes it', async () => {
    const { store, begin, refused } = place();
    const { state, workflow } = slow();
    const one = await begin('0', [workflow], false);
    one.start(workflow, undefined, { runId: 'r' });
    await until(() => state.begun === 1);
    for (let died = 0; died < 3; died++) {
      store.kill(String(died));
      await begin(String(died + 1), [workflow]);
      await until(() => state.begun === died + 2);
    }
    store.kill('3');
    const last = await begin('4', [workflow]);
    await turns();
    expect(refused.map(({ runId, error }) => [runId, error.code, error.message])).toEqual([
      ['r', 'run-crash-loop', "Run 'r' was taken over 3 times from a process that died with it, and got no further."],
    ]);
    expect([state.begun, store.find('r')?.owned]).toEqual([4, false]);
    const run = await last.resume<string>('r');
    await until(() => state.begun === 5);
    state.finish('at last');
    await expect(run.result).resolves.toBe('at last');
  });

  it('lets a run crash as often as it likes that gets further each time', async () => {
    const { store, begin, refused } = place();
    let steps = 0;
    const workflow = workflowOf('w', async (ctx) => {
      for (let step = 0; step < 6; step++) {
        let isNew = false;
        await ctx.step(`step ${step}`, () => {
          isNew = true;
          steps += 1;
        });
        if (isNew) await new Promise(() => {});
      }
    });
    const one = await begin('0', [workflow], false);
    one.start(workflow, undefined, { runId: 'r' });
    for (let died = 0; died < 5; died++) {
      await until(() => steps === died + 1);
      await turns();
      store.kill(String(died));
      await begin(String(died + 1), [workflow]);
    }
    await until(() => steps === 6);
    expect(refused).toEqual([]);
  });

  describe('of child runs', () => {
    const child = workflowOf('child', (ctx) => ctx.waitFor('approval', z.boolean()));
    const caller = makeAgent('caller', [], (_inputs, ctx: RunContext) => ctx.call(child, undefined as never), [
      Calls(child, { max: 1 }),
    ]);
    const parent = defineWorkflow({ name: 'parent', version: 1, output: caller }) as Workflow;
    const childId = 'r/caller/call:child[1]';

    it('leaves them to their parents', async () => {
      const { store, begin, typesOf } = place();
      const one = await begin('one', [parent, child], false);
      one.start(parent, undefined, { runId: 'r' });
      await until(() => store.find(childId) !== undefined);
      await turns();
      store.kill('one');
      const two = await begin('two', [parent, child]);
      await until(() => typesOf(childId).includes('run-resume'));
      await until(() => typesOf(childId).at(-1) === 'run-suspend');
      await two.signal(childId, 'approval', true);
      await until(() => store.find('r')?.ended === true);
      const ended = [store.find('r')?.status, store.find(childId)?.status];
      expect(ended).toEqual(['completed', 'completed']);
      expect(typesOf(childId).filter((type) => type === 'run-start')).toHaveLength(1);
    });

    it('looks no further for those whose parents it cannot go on with', async () => {
      const { store, clock, begin } = place();
      const lost = { v: 1, seq: 0, time: 0, type: 'run-start', version: 1, fingerprint: 'f' } as const;
      store.release(store.create({ ...lost, runId: 'p', workflow: 'foreign' }, 'one'));
      for (let index = 0; index < 250; index++) {
        const runId = `p/n/call:child[${index}]`;
        const start = { ...lost, runId, workflow: 'child', parent: { runId: 'p', node: 'n' } };
        store.release(store.create(start, 'one'));
      }
      await begin('two', [child]);
      await turns();
      store.queries.length = 0;
      await clock.advance('3s');
      expect(store.queries).toHaveLength(3);
      expect(store.list({ owned: true })).toEqual([]);
    });

    it('cancels one whose parent has ended', async () => {
      const { store, begin } = place();
      const one = await begin('one', [parent, child], false);
      one.start(parent, undefined, { runId: 'r' });
      await until(() => store.find(childId) !== undefined);
      await turns();
      store.kill('one');
      const lease = store.acquire('r', 'x');
      const seq = store.read('r').length;
      store.append(lease, { v: 1, runId: 'r', seq, time: 0, type: 'run-end', status: 'cancelled' });
      store.release(lease);
      await begin('two', [child]);
      await until(() => store.find(childId)?.ended === true);
      expect(store.find(childId)?.status).toBe('cancelled');
      expect(store.read(childId).at(-1)).toMatchObject({
        error: { message: expect.stringContaining("'r' has ended") },
      });
    });

    it('waits for one that is still held elsewhere', async () => {
      const { store, clock, begin } = place();
      const one = await begin('one', [parent, child], false);
      one.start(parent, undefined, { runId: 'r' });
      await until(() => store.find(childId) !== undefined);
      await turns();
      store.kill('one');
      const held = store.acquire(childId, 'slow to let go');
      const two = await begin('two', [parent, child]);
      await clock.advance('2s');
      store.release(held);
      await clock.advance('2s');
      await two.signal(childId, 'approval', true);
      await until(() => store.find('r')?.ended === true);
      expect(store.find('r')?.status).toBe('completed');
    });
  });

  describe('of a journal that fails', () => {
    class Broken extends SharedJournal {
      failures = 0;
      override append(lease: Lease, record: JournalRecord): void {
        if (record.type === 'node-end' && this.failures > 0) {
          this.failures -= 1;
          throw new Error('the disk is full');
        }
        super.append(lease, record);
      }
    }
    const quick = workflowOf('quick', () => 'done');

    it('tries again, after pauses that grow', async () => {
      const store = new Broken();
      const clock = new VirtualClock();
      store.failures = 3;
      const espalier = await createEspalier({ workflows: [quick], store, clock, recovery: { every: '1s' } });
      const run = espalier.start(quick, undefined, { runId: 'r' });
      await expect(run.result).rejects.toThrow('the disk is full');
      await clock.advance('1s');
      expect([store.failures, store.find('r')?.ended]).toEqual([1, false]);
      await clock.advance('1s');
      expect([store.failures, store.find('r')?.ended]).toEqual([0, false]);
      await clock.advance('9s');
      expect(store.find('r')?.ended).toBe(false);
      await clock.advance('2s');
      expect(store.find('r')?.ended).toBe(true);
    });

    it('gives back what the journal did not take back, and goes on with it', async () => {
      class Full extends Broken {
        releases = 0;
        override release(lease: Lease): void {
          this.releases += 1;
          if (this.releases <= 2) throw new Error('the disk is full');
          super.release(lease);
        }
      }
      const store = new Full();
      const clock = new VirtualClock();
      store.failures = 1;
      const espalier = await createEspalier({ workflows: [quick], store, clock, recovery: { every: '1s' } });
      const run = espalier.start(quick, undefined, { runId: 'r' });
      await expect(run.result).rejects.toThrow('the disk is full');
      expect(store.find('r')?.owned).toBe(true);
      await clock.advance('1s');
      expect(store.find('r')?.owned).toBe(true);
      await clock.advance('1s');
      expect(store.find('r')?.status).toBe('completed');
    });

    it('gives up in the end, and tells of it', async () => {
      const store = new Broken();
      const clock = new VirtualClock();
      const refused: RefusedRun[] = [];
      store.failures = 1000;
      const recovery = { every: '1s', onRefused: (run: RefusedRun) => refused.push(run) } as const;
      const espalier = await createEspalier({ workflows: [quick], store, clock, recovery });
      espalier.start(quick, undefined, { runId: 'r' }).result.catch(() => {});
      await clock.advance('5m');
      expect(store.failures).toBe(1000 - 5);
      expect(refused).toMatchObject([
        { runId: 'r', error: { code: 'run-parked', cause: { message: 'the disk is full' } } },
      ]);
    });
  });

  describe('of a store that cannot be asked', () => {
    class Unreadable extends SharedJournal {
      failures = 0;
      override list(filter: RunFilter = {}) {
        if (filter.due !== undefined && this.failures-- > 0) throw new Error('the disk is gone');
        return super.list(filter);
      }
    }

    it.each([
      { of: 'the system', recovery: { every: '1h' } as const },
      { of: 'the test', recovery: {} },
    ])('tries the first look again, and tells of it once, with the clock of $of', async ({ recovery }) => {
      const store = new Unreadable();
      const clock = new VirtualClock();
      const { state, workflow } = slow();
      const ids = Array.from({ length: 150 }, (_, index) => `r${index}`);
      const gone = await createEspalier({ workflows: [asking], store, clock, recovery: false });
      for (const runId of ids) gone.start(asking, undefined, { runId }).result.catch(() => {});
      await turns();
      const one = await createEspalier({ workflows: [workflow], store, clock, owner: 'one', recovery: false });
      one.start(workflow, undefined, { runId: 'behind' });
      await until(() => state.begun === 1);
      await gone.drain();
      store.kill('one');

      store.failures = 3;
      const errors: unknown[] = [];
      const told = { onRefused: () => {}, onStoreFailed: (error: unknown) => errors.push(error) };
      const two = await createEspalier({ workflows: [workflow], store, clock, recovery: { ...recovery, ...told } });
      await clock.advance('2s');
      expect([state.begun, errors.length]).toEqual([1, 1]);
      await clock.advance('1s'); // now it can be asked: the first look goes through all pages
      expect(state.begun).toBe(2);
      expect(errors).toEqual([new Error('the disk is gone')]);
      state.finish('done');
      await two.drain();
    });

    it('goes on looking where whoever is told throws, and tells of the next time too', async () => {
      const store = new Unreadable();
      const clock = new VirtualClock();
      let told = 0;
      const onStoreFailed = () => {
        told += 1;
        throw new Error('the listener is broken');
      };
      store.failures = 2;
      const one = await createEspalier({ workflows: [asking], store, clock, recovery: { every: '1s', onStoreFailed } });
      await clock.advance('5s');
      expect([store.failures < 0, told]).toEqual([true, 1]);
      store.failures = 1;
      await clock.advance('5s');
      expect(told).toBe(2);
      await one.drain();
    });
  });

  describe('where nobody listens', () => {
    const warnings: unknown[] = [];
    const { emitWarning } = process;
    beforeEach(() => {
      warnings.length = 0;
      process.emitWarning = (message: string | Error, name: unknown) => void warnings.push(name, message);
    });
    afterEach(() => {
      process.emitWarning = emitWarning;
    });

    it('warns of a run that it leaves alone, once', async () => {
      const { store, clock, begin } = place();
      const one = await begin('one', [asking], false);
      one.start(asking, undefined, { runId: 'r' }).result.catch(() => {});
      await turns();
      await one.drain();
      expect(store.find('r')).toMatchObject({ ended: false, owned: false });
      await begin('two', [workflowOf('other', () => 1)], { every: '1s' });
      await clock.advance('10s');
      await turns();
      expect(warnings).toEqual([
        'EspalierWarning',
        "Recovery leaves a run alone. Run 'r' is of workflow 'asking', which is not registered. " +
          'Register the workflow, or leave the run to a process that knows it.',
      ]);
    });

    it('warns of a store that cannot be asked, once', async () => {
      const { store, clock, begin } = place();
      store.list = () => {
        throw new Error('the disk is gone');
      };
      await begin('one', [asking], { every: '1s' });
      await clock.advance('10s');
      await turns();
      expect(warnings).toEqual([
        'EspalierWarning',
        'Recovery cannot ask the store for runs, and tries again: the disk is gone',
      ]);
    });
  });

  it('looks once and when a run is due that sleeps, where the clock is not that of the system', async () => {
    const { store, clock, begin } = place();
    const napping = workflowOf('napping', async (ctx) => {
      await ctx.sleep('3 days');
      return 'awake';
    });
    const one = await begin('one', [napping], false);
    one.start(napping, undefined, { runId: 'r' });
    await turns();
    await clock.advance('10s'); // laid aside
    await one.drain();
    expect(store.find('r')?.rest).toEqual({ until: clock.now() - 10_000 + 3 * 86_400_000 });
    await begin('two', [napping], {});
    await clock.advance('2 days');
    expect([store.queries.length, store.find('r')?.owned]).toEqual([1, false]);
    await clock.advance('1 day');
    expect([store.queries.length, store.find('r')?.status]).toEqual([2, 'completed']);
  });

  it.each([0, 1.5, Number.NaN])('refuses a concurrency of %p', async (concurrency) => {
    const options = { workflows: [asking], store: new MemoryJournal(), recovery: { concurrency } };
    await expect(createEspalier(options)).rejects.toThrow(
      `createEspalier({ recovery: { concurrency } }): expected a whole number from 1, got ${concurrency} (number).`,
    );
  });
});
