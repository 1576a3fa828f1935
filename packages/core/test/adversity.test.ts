import {
  type ChatModel,
  createEspalier,
  type EspalierError,
  type Event,
  type JournalRecord,
  type Lease,
  MemoryJournal,
  VirtualClock,
} from '@espalier/core';
import { describe, expect, it } from '@jest/globals';
import { from, Observable, throwError } from 'rxjs';
import { z } from 'zod';
import { build, eventsOf } from './build.js';
import { makeAgent } from './make-agent.js';
import { SlowJournal } from './slow-journal.js';

const turn = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

async function withoutStrayRejections(body: () => Promise<void>): Promise<void> {
  const stray: unknown[] = [];
  const onStray = (reason: unknown): void => {
    stray.push(reason);
  };
  process.on('unhandledRejection', onStray);
  try {
    await body();
    for (let turns = 0; turns < 5; turns++) await turn();
  } finally {
    process.off('unhandledRejection', onStray);
  }
  expect(stray).toEqual([]);
}

describe('what a run() asks for and does not wait for', () => {
  it('ends no process: neither when the attempt ends, nor when it fails before it is waited for', async () => {
    const model: ChatModel = {
      name: 'test:model',
      generate: (_request, { signal }) =>
        new Promise((_resolve, reject) => signal.addEventListener('abort', () => reject(signal.reason as Error))),
    };
    const forgetful = makeAgent(
      'forgetful',
      [],
      async (_inputs, ctx) => {
        void ctx.generate('x');
        void ctx.sleep('1h');
        void ctx.waitFor('go', z.boolean());
        const later = ctx.step('fails', () => Promise.reject(new Error('oh')));
        for (let turns = 0; turns < 5; turns++) await turn();
        return later.catch((error: Error) => error.message);
      },
      [],
      { model: 'default' },
    );
    await withoutStrayRejections(async () => {
      const { start } = await build(forgetful, {}, { clock: new VirtualClock(), models: { default: model } });
      await expect(start().result).resolves.toBe('oh');
    });
  });
});

describe('what a run() may give back', () => {
  const causeOf = async (behaviour: () => unknown): Promise<EspalierError> => {
    const { start } = await build(makeAgent('odd', [], behaviour));
    const { error } = await start().outcome;
    return (error as Error).cause as EspalierError;
  };

  it.each([
    ['a string', () => Promise.reject('just text'), 'just text'],
    ['nothing', () => Promise.reject(undefined), 'undefined'],
    [
      'null',
      () => {
        throw null;
      },
      'null',
    ],
    ['an object', () => Promise.reject({ code: 42 }), 'threw Object (object)'],
  ])('fails with a readable message when it throws %s', async (_what, behaviour, text) => {
    const { start } = await build(makeAgent('odd', [], behaviour));
    const { status, error } = await start().outcome;
    expect(status).toBe('failed');
    expect((error as Error).message).toMatch(/^Run '.+' of workflow 'test' failed: node 'odd': /);
    expect((error as Error).message).toContain(text);
  });

  it('takes the last value of an Observable, and its error', async () => {
    const { start } = await build(makeAgent('stream', [], () => from([1, 2, 3])));
    await expect(start().result).resolves.toBe(3);
    const cause = await causeOf(() => throwError(() => new Error('broken stream')));
    expect(cause.message).toBe('broken stream');
  });

  it('unsubscribes from an Observable when the run is cancelled', async () => {
    let open = 0;
    const endless = new Observable(() => {
      open += 1;
      return () => {
        open -= 1;
      };
    });
    const { start } = await build(makeAgent('endless', [], () => endless));
    const run = start();
    await turn();
    expect(open).toBe(1);
    run.cancel();
    await run.outcome;
    expect(open).toBe(0);
  });

  it('survives a thenable that throws', async () => {
    const cause = await causeOf(() => ({
      // biome-ignore lint/suspicious/noThenProperty: that is the point
      then() {
        throw new Error('no thenable');
      },
    }));
    expect(cause.message).toBe('no thenable');
  });
});

describe('cancelling at odd moments', () => {
  it.each([
    ['before it has begun', 0],
    ['twice', 1],
  ])('%s', async (_when, again) => {
    const { start } = await build(makeAgent('n', [], () => new Promise(() => {})));
    const run = start();
    run.cancel('first');
    if (again > 0) run.cancel('second');
    const { status, error } = await run.outcome;
    expect(status).toBe('cancelled');
    expect((error as Error).message).toContain('was cancelled: first.');
    run.cancel('after its end');
    expect(run.status).toBe('cancelled');
    expect((await eventsOf(run)).filter(({ type }) => type === 'run-end')).toHaveLength(1);
  });

  it('from inside a node, while it runs', async () => {
    const ran: string[] = [];
    const first = makeAgent('first', [], () => {
      ran.push('first');
      run.cancel('from inside');
      return 1;
    });
    const second = makeAgent('second', [first], () => ran.push('second'));
    const { start } = await build(second);
    const run = start();
    expect((await run.outcome).status).toBe('cancelled');
    expect(ran).toEqual(['first']);
  });

  it('from a subscriber of its events', async () => {
    const { start } = await build(makeAgent('second', [makeAgent('first', [], () => 1)], () => 2));
    const run = start();
    const seen: string[] = [];
    run.events$.subscribe((event) => {
      seen.push(event.type);
      if (event.type === 'node-end') run.cancel('seen enough');
    });
    expect((await run.outcome).status).toBe('cancelled');
    expect(seen).toEqual(['run-start', 'node-start', 'node-end', 'run-end']);
  });
});

describe('subscribers of events', () => {
  it('see everything from the first record, whenever they come, and may leave', async () => {
    const { start } = await build(makeAgent('second', [makeAgent('first', [], async () => 1)], async () => 2));
    const run = start();
    const early: Event[] = [];
    const left: Event[] = [];
    run.events$.subscribe((event) => early.push(event));
    const leaving = run.events$.subscribe((event) => {
      left.push(event);
      if (left.length === 2) leaving.unsubscribe();
    });
    await run.outcome;
    const late = await eventsOf(run);
    expect(early).toEqual(late);
    expect(left).toEqual(late.slice(0, 2));
    expect(late.at(-1)?.type).toBe('run-end');
  });
});

describe('one id for two runs', () => {
  it('is refused, whether the first still runs or has ended', async () => {
    const { espalier, workflow } = await build(makeAgent('n', [], async () => 1));
    const first = espalier.start(workflow, null, { runId: 'same' });
    expect(() => espalier.start(workflow, null, { runId: 'same' })).toThrow(
      "Run 'same' is running in this process already.",
    );
    await first.result;
    await expect(espalier.start(workflow, null, { runId: 'same' }).result).rejects.toMatchObject({
      code: 'run-exists',
      message: "Run 'same' exists already.",
    });
  });
});

describe('a slow journal', () => {
  it('changes nothing but the time', async () => {
    const store = new SlowJournal(() => 2);
    const left = makeAgent('left', [], (_inputs, ctx) => ctx.step('effect', () => 'left'));
    const right = makeAgent('right', [], async (_inputs, ctx) => {
      await ctx.sleep(5);
      return ctx.now() > 0 ? 'right' : 'never';
    });
    const { start } = await build(
      makeAgent('output', [left, right], (inputs) => inputs),
      {},
      { store },
    );
    const run = start();
    await expect(run.result).resolves.toEqual(['left', 'right']);
    const events = await eventsOf(run);
    expect(events.map(({ seq }) => seq)).toEqual(events.map((_, index) => index));
    expect(events).toEqual(store.kept.read(run.id));
  });

  it('that fails at any record parks the run with its error, leaves nothing running, and loses no record before', async () => {
    const source = makeAgent('source', [], (_inputs, ctx) => ctx.step('effect', () => 'done'));
    const napper = makeAgent('napper', [], (_inputs, ctx) => ctx.sleep(10));
    const output = makeAgent('output', [source, napper], ([done]) => done);
    const whole = await build(output, {}, { store: new SlowJournal(() => 0) });
    const run = whole.start();
    await run.result;
    const records = (await eventsOf(run)).length;
    expect(records).toBeGreaterThan(8);
    await withoutStrayRejections(async () => {
      for (let failAt = 1; failAt < records; failAt++) {
        const clock = new VirtualClock();
        const store = new SlowJournal(() => failAt % 3, failAt);
        const espalier = await createEspalier({ workflows: [whole.workflow], clock, store });
        const broken = espalier.start(whole.workflow, null);
        const ended = broken.outcome.catch((error: unknown) => error);
        for (let turns = 0; turns < 40; turns++) {
          await turn();
          await clock.advance(5);
        }
        expect(await ended).toMatchObject({ message: 'the disk is full' });
        expect(broken.status).toBe('parked');
        expect(clock.pending).toBe(0);
        const kept = store.kept.read(broken.id);
        expect(kept.map(({ seq }) => seq)).toEqual(kept.map((_, index) => index));
        expect(kept).toHaveLength(failAt);

        // Another process, with room on its disk, goes on from there.
        const other = await createEspalier({
          workflows: [whole.workflow],
          clock,
          store: store.kept,
          recovery: false,
        });
        const resumed = await other.resume(broken.id);
        await clock.runAll();
        await expect(resumed.result).resolves.toBe('done');
      }
    });
  });
});

/** A journal that fails at one call only, and works again afterwards. */
class FlakyJournal extends MemoryJournal {
  appends = 0;
  failAppend = Number.POSITIVE_INFINITY;
  failRelease = false;
  failAnswered: 'at once' | 'later' | undefined;

  override append(lease: Lease, record: JournalRecord): void {
    this.appends += 1;
    if (this.appends === this.failAppend) throw new Error('a hiccup of the disk');
    super.append(lease, record);
  }

  override release(lease: Lease): void {
    super.release(lease);
    if (this.failRelease) throw new Error('the lease cannot be given back');
  }

  override answered(...key: Parameters<MemoryJournal['answered']>): never {
    const error = new Error('answers cannot be read');
    if (this.failAnswered === 'at once') throw error;
    if (this.failAnswered === 'later') return Promise.reject(error) as never;
    return super.answered(...key) as never;
  }
}

describe('a journal that fails once', () => {
  const source = makeAgent('source', [], (_inputs, ctx) => ctx.step('effect', () => 'done').catch(() => 'swallowed'));
  const output = makeAgent('output', [source], async ([done], ctx) => {
    await ctx.sleep(10);
    return done;
  });

  it('parks the run at that record: agents cannot go on past it, and the history has no gap', async () => {
    for (let failAppend = 1; failAppend <= 9; failAppend++) {
      const clock = new VirtualClock();
      const store = new FlakyJournal();
      const { espalier, workflow, start } = await build(output, {}, { store, clock });
      store.failAppend = failAppend;
      const run = start();
      const ended = run.outcome.then(
        ({ status }) => status,
        (error: Error) => error.message,
      );
      for (let turns = 0; turns < 10; turns++) {
        await turn();
        await clock.advance(5);
      }
      const records = store.read(run.id);
      expect(records.map(({ seq }) => seq)).toEqual(records.map((_, index) => index));
      if (store.appends < failAppend) {
        expect(await ended).toBe('completed');
        continue;
      }
      expect(await ended).toBe('a hiccup of the disk');
      expect(records).toHaveLength(failAppend);
      await espalier.drain();
      const other = await createEspalier({ workflows: [workflow], clock, store });
      const resumed = await other.resume(run.id);
      await clock.runAll();
      await expect(resumed.result).resolves.toBe('done');
    }
  });

  it('tells the first failure when the lease cannot be given back either', async () => {
    await withoutStrayRejections(async () => {
      const store = new FlakyJournal();
      const { start } = await build(output, {}, { store, clock: new VirtualClock() });
      store.failAppend = 2;
      store.failRelease = true;
      await expect(start().outcome).rejects.toThrow('a hiccup of the disk');
    });
  });

  it.each(['at once', 'later'] as const)(
    'parks a run that cannot read whether its wait was answered: %s',
    async (when) => {
      await withoutStrayRejections(async () => {
        const store = new FlakyJournal();
        const clock = new VirtualClock();
        store.failAnswered = when;
        const asker = makeAgent('asker', [], (_inputs, ctx) => ctx.waitFor('go', z.string(), { timeout: '1h' }));
        const { start, workflow } = await build(asker, {}, { store, clock });
        const run = start();
        await expect(run.outcome).rejects.toThrow('answers cannot be read');
        expect(run.status).toBe('parked');
        expect(clock.pending).toBe(0);
        store.failAnswered = undefined;
        const other = await createEspalier({ workflows: [workflow], clock, store });
        const resumed = await other.resume(run.id);
        await turn();
        await other.signal(run.id, 'go', 'went');
        await expect(resumed.result).resolves.toBe('went');
      });
    },
  );
});
