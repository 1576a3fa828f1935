import {
  createEspalier,
  defineWorkflow,
  type Espalier,
  EspalierError,
  type Journal,
  MemoryJournal,
  type RunContext,
  VirtualClock,
} from '@espalier/core';
import { describe, expect, it } from '@jest/globals';
import { z } from 'zod';
import { until } from '../../test/build.js';
import { makeAgent } from '../../test/make-agent.js';
import { SlowJournal } from '../../test/slow-journal.js';

const asker = makeAgent('asker', [], (_inputs, ctx: RunContext) => ctx.waitFor('approval', z.boolean()));
const workflow = defineWorkflow({ name: 'asking', version: 1, output: asker });

const turns = async (count: number) => {
  for (let turn = 0; turn < count; turn++) await new Promise((resolve) => setImmediate(resolve));
};

/** The code of what something rejects with; nothing where it does not. */
const codeOf = (promise: Promise<unknown>): Promise<string | undefined> =>
  promise.then(
    () => undefined,
    (error: unknown) => (EspalierError.is(error) ? error.code : String(error)),
  );

const journals: [string, () => { store: Journal; kept: MemoryJournal }][] = [
  [
    'at once',
    () => {
      const store = new MemoryJournal();
      return { store, kept: store };
    },
  ],
  [
    'slowly',
    () => {
      const store = new SlowJournal(() => 2);
      return { store, kept: store.kept };
    },
  ],
];

/** A store with a run 'r' that waits and that nobody holds, and a process that has it. */
async function place(create: () => { store: Journal; kept: MemoryJournal }) {
  const { store, kept } = create();
  const begin = (): Promise<Espalier> =>
    createEspalier({ workflows: [workflow], store, clock: new VirtualClock(), recovery: false });
  const one = await begin();
  one.start(workflow, undefined, { runId: 'r' }).result.catch(() => {});
  await until(() => kept.find('r') !== undefined && kept.read('r').at(-1)?.type === 'run-suspend');
  await one.drain();
  return { kept, begin, espalier: await begin() };
}

const moments = Array.from({ length: 16 }, (_, count) => count);

describe.each(journals)('drain, where the journal answers %s,', (_, create) => {
  it.each(moments)('waits for a resume that has begun %d turns before: the run is given back', async (count) => {
    const { kept, espalier } = await place(create);
    const resumed = espalier.resume('r');
    const [refused, ended] = [codeOf(resumed), codeOf(resumed.then(({ result }) => result))];
    await turns(count);
    const parked = await espalier.drain();
    expect(kept.find('r')).toMatchObject({ owned: false, ended: false });
    expect(await ended).toBe((await refused) ?? 'run-parked');
    expect(parked).toEqual((await refused) === undefined ? ['r'] : []);
    if ((await refused) !== undefined) expect(await refused).toBe('runtime-closed');
  });

  it.each(moments)('waits for a fork that has begun %d turns before: it is refused, or parked', async (count) => {
    const { kept, espalier } = await place(create);
    const forked = espalier.fork('r', { from: asker as never, runId: 'fork' });
    const [refused, ended] = [codeOf(forked), codeOf(forked.then(({ result }) => result))];
    await turns(count);
    const parked = await espalier.drain();
    expect(await ended).toBe((await refused) ?? 'run-parked');
    if ((await refused) === undefined) {
      expect(kept.find('fork')).toMatchObject({ owned: false, ended: false });
      expect(parked).toEqual(['fork']);
    } else {
      expect([await refused, kept.find('fork'), parked]).toEqual(['runtime-closed', undefined, []]);
    }
  });

  it.each(moments)('waits for a start %d turns before: the run is parked, and goes on elsewhere', async (count) => {
    const { kept, espalier, begin } = await place(create);
    const ended = codeOf(espalier.start(workflow, undefined, { runId: 'new' }).result);
    await turns(count);
    expect(await espalier.drain()).toEqual(['new']);
    expect(await ended).toBe('run-parked');
    expect(kept.find('new')).toMatchObject({ owned: false, ended: false });
    const other = await begin();
    const { result } = await other.resume('new');
    await other.signal('new', 'approval', true);
    expect(await result).toBe(true);
  });

  it.each(moments)('waits for a cancellation of a free run that has begun %d turns before', async (count) => {
    const { kept, espalier } = await place(create);
    const cancelled = espalier.cancel('r', 'no longer needed');
    await turns(count);
    await espalier.drain();
    await cancelled;
    expect(kept.find('r')).toMatchObject({ owned: false, status: 'cancelled' });
  });
});

describe.each(journals)('one id, where the journal answers %s,', (_, create) => {
  const fork = (espalier: Espalier) => espalier.fork('r', { from: asker as never, runId: 'new' });
  const start = async (espalier: Espalier) => espalier.start(workflow, undefined, { runId: 'new' });
  const pairs = { 'fork and start': [fork, start], 'start and fork': [start, fork], 'fork and fork': [fork, fork] };

  for (const [name, [first, second]] of Object.entries(pairs)) {
    it.each(moments)(`goes to one of ${name}, %d turns apart, and the other gets run-exists`, async (count) => {
      const { kept, espalier } = await place(create);
      const one = first?.(espalier) as ReturnType<typeof fork>;
      await turns(count);
      const two = second?.(espalier) as ReturnType<typeof fork>;
      expect(await codeOf(two)).toBe('run-exists');
      await until(() => kept.find('new') !== undefined && kept.read('new').at(-1)?.type === 'run-suspend');
      await espalier.signal('new', 'approval', true);
      expect(await (await one).result).toBe(true);
      expect(kept.read('new').filter(({ type }) => type === 'run-start')).toHaveLength(1);
    });
  }

  it('of a fork that was refused can be used', async () => {
    const { espalier } = await place(create);
    const refused = espalier.fork('r', { from: 'nobody' as never, runId: 'new' });
    expect(await codeOf(start(espalier))).toBe('run-exists');
    expect(await codeOf(refused)).toBe('fork-invalid');
    const { result } = await start(espalier);
    await espalier.signal('new', 'approval', true);
    expect(await result).toBe(true);
  });
});

describe.each(journals)('a start with the id of a parked run, where the journal answers %s,', (_, create) => {
  it.each(moments)('is refused, and a resume %d turns later gives the run that there is', async (count) => {
    const { espalier } = await place(create);
    const refused = codeOf(espalier.start(workflow, undefined, { runId: 'r' }).result);
    await turns(count);
    const run = await espalier.resume('r');
    await espalier.signal('r', 'approval', true);
    expect([await run.result, await refused]).toEqual([true, 'run-exists']);
  });

  it.each(moments)('is refused, and a cancellation %d turns later reaches the run that there is', async (count) => {
    const { espalier, kept } = await place(create);
    const refused = codeOf(espalier.start(workflow, undefined, { runId: 'r' }).result);
    await turns(count);
    await espalier.cancel('r');
    expect([kept.find('r')?.status, await refused]).toEqual(['cancelled', 'run-exists']);
  });
});

describe('a run that is cancelled while nobody holds it', () => {
  it.each(moments)('can be resumed %d turns later: it says how it ended, or ends', async (count) => {
    const { espalier } = await place(() => {
      const store = new SlowJournal(() => 2);
      return { store, kept: store.kept };
    });
    const cancelled = espalier.cancel('r');
    await turns(count);
    const code = await codeOf(espalier.resume('r').then(({ result }) => result));
    expect(['run-settled', 'run-cancelled']).toContain(code);
    await cancelled;
  });
});

describe('drain', () => {
  it('says so where the journal does not answer to recovery', async () => {
    const store: Journal = new MemoryJournal();
    store.list = () => new Promise(() => {});
    const clock = new VirtualClock();
    const espalier = await createEspalier({ workflows: [workflow], store, clock, recovery: { every: '1s' } });
    const drained = espalier.drain({ timeout: '1s', release: '2s' });
    const told = expect(drained).rejects.toMatchObject({
      code: 'drain-incomplete',
      message: 'The journal did not answer within 2000 ms, when it was asked for runs to recover.',
      details: { runIds: [] },
    });
    await clock.advance('4s');
    await told;
  });
});
