import { dirname, join } from 'node:path';
import type { JournalRecord } from '@espalier/core';
import { describe, expect, it } from '@jest/globals';
import { sqlite } from '../src/index.js';
import { drivers } from './drivers.js';
import { newFile } from './new-file.js';
import { type Line, type Orders, readLines, startWorker } from './processes/worker.js';

// Real processes: they start in half a second each, and may have to wait for each other's disk.
const PATIENCE = 60_000;
const HOUR = 3_600_000;

/** What every report says, however often it was interrupted. */
const said = (name: string): string => `${name}: About three sections. 36 About b. 36 About c. 36`;

interface Effect {
  readonly process: string;
  readonly key: string;
}

function newPlace() {
  const file = newFile();
  const beside = (name: string): string => join(dirname(file), name);
  const orders: Orders = {
    ...{ name: 'p0', file, effects: beside('effects'), kept: beside('kept'), start: [], resume: false, ahead: 0 },
  };
  return orders;
}

/** All records of a store, by run. */
async function recordsOf(file: string): Promise<ReadonlyMap<string, readonly JournalRecord[]>> {
  await using store = sqlite(file);
  return new Map(store.list().map(({ runId }) => [runId, store.read(runId)]));
}

/** Keys of effects whose results are on record, as those who have the effect get them. */
function keysOnRecord(records: Iterable<readonly JournalRecord[]>): ReadonlySet<string> {
  const keys = new Set<string>();
  for (const record of [...records].flat()) {
    if (record.type === 'model-end' || record.type === 'tool-end') {
      keys.add(`${record.runId}/${record.node}#${record.attempt}/${record.step}`);
    }
    if (record.type === 'step-end') keys.add(`${record.runId}/${record.node}/${record.step.replace(/^step:/, '')}`);
  }
  return keys;
}

const finished = (lines: readonly Line[]): readonly Line[] =>
  lines.filter(({ status }) => status === 'completed').sort((a, b) => String(a.runId).localeCompare(String(b.runId)));

/** Histories are whole, end once, and have all that was acknowledged. */
function expectWhole(histories: ReadonlyMap<string, readonly JournalRecord[]>, orders: Orders): void {
  for (const records of histories.values()) {
    expect(records.map(({ seq }) => seq)).toEqual(records.map((_, index) => index));
    expect(records.findIndex(({ type }) => type === 'run-end')).toBe(records.length - 1);
  }
  const kept = readLines<JournalRecord>(orders.kept);
  expect(kept).toEqual(kept.map(({ runId, seq }) => histories.get(runId)?.[seq]));
}

describe('a process that is killed', () => {
  // And so are those that go on, each a little later, until one gets to the end.
  it.each<[string, 'before' | 'after', number]>([
    ['at its first write', 'before', 1],
    ['after its first write', 'after', 1],
    ['in the first part', 'before', 9],
    ['in the second part', 'after', 20],
    ['in the last part', 'before', 40],
    ['near the end', 'after', 62],
  ])(
    'loses nothing, and nothing on record is done again: %s',
    async (_name, when, at) => {
      const place = newPlace();
      const lines: Line[] = [];
      const start = ['r1', 'r2'];
      let restarts = 0;
      for (let done = false; !done; restarts++) {
        const onRecord = restarts === 0 ? new Set<string>() : keysOnRecord((await recordsOf(place.file)).values());
        const name = `p${restarts}`;
        const worker = startWorker({
          ...place,
          ...{ name, ahead: restarts * HOUR, stop: { signal: 'SIGKILL', when, at: at + 12 * restarts } },
          ...(restarts === 0 ? { start } : { resume: true }),
        });
        done = (await worker.end) === 0;
        lines.push(...worker.lines);
        const again = readLines<Effect>(place.effects).filter((one) => one.process === name && onRecord.has(one.key));
        expect(again).toEqual([]);
      }
      const histories = await recordsOf(place.file);
      expect([...histories.keys()].sort()).toEqual(start);
      expectWhole(histories, place);
      for (const records of histories.values()) {
        expect(records.at(-1)).toMatchObject({ status: 'completed', output: said('Report') });
      }
      expect(restarts).toBeGreaterThan(1);
      // Every effect was had: 2 model calls, 1 tool call and 3 × 2 steps a run, besides recorded readings.
      const effects = new Set(readLines<Effect>(place.effects).map(({ key }) => key));
      expect(effects.size).toBe(18);
      const results = keysOnRecord(histories.values());
      expect([...effects].filter((key) => !results.has(key))).toEqual([]);
      for (const line of finished(lines)) expect(line.output).toBe(said('Report'));
    },
    PATIENCE,
  );

  it(
    'from outside, at any time, loses nothing either',
    async () => {
      const place = newPlace();
      const start = Array.from({ length: 20 }, (_, index) => `r${String(index).padStart(2, '0')}`);
      const first = startWorker({ ...place, start });
      await first.says(({ status }) => status === 'completed');
      first.kill('SIGKILL');
      expect(await first.end).toBe('SIGKILL');
      const onRecord = keysOnRecord((await recordsOf(place.file)).values());
      const second = startWorker({ ...place, name: 'p1', resume: true, ahead: HOUR });
      expect(await second.end).toBe(0);
      const again = readLines<Effect>(place.effects).filter((one) => one.process === 'p1' && onRecord.has(one.key));
      expect(again).toEqual([]);
      const histories = await recordsOf(place.file);
      expect([...histories.keys()].sort()).toEqual(start);
      expectWhole(histories, place);
    },
    PATIENCE,
  );
});

// Elsewhere they cannot know, and wait for the lease to end.
const onLinux = process.platform === 'linux' ? it : it.skip;

describe('a process that has ended', () => {
  onLinux(
    'keeps nobody on the same machine waiting for its lease',
    async () => {
      const place = newPlace();
      const first = startWorker({ ...place, start: ['r1', 'r2'], waits: true });
      await first.says(({ status }) => status === 'suspended');
      await using store = sqlite(place.file);
      expect(store.list()).toMatchObject([{ owned: true }, { owned: true }]);
      first.kill('SIGKILL');
      await first.end;
      expect(store.list()).toMatchObject([{ owned: false }, { owned: false }]);
      expect(store.find('r1')).toMatchObject({ owned: false });
      const second = startWorker({ ...place, name: 'p1', resume: true });
      expect(await second.end).toBe(0);
      expect(finished(second.lines)).toMatchObject([{ runId: 'r1' }, { runId: 'r2' }]);
    },
    PATIENCE,
  );
});

describe('a process that is stopped', () => {
  it(
    'writes nothing when it comes back after another one has taken its run',
    async () => {
      const place = newPlace();
      const stopped = startWorker({ ...place, start: ['r1'], stop: { signal: 'SIGSTOP', when: 'after', at: 9 } });
      while (readLines(place.kept).length < 9) await new Promise((resolve) => setTimeout(resolve, 5));
      const other = startWorker({ ...place, name: 'p1', resume: true, ahead: HOUR });
      expect(await other.end).toBe(0);
      expect(finished(other.lines)).toMatchObject([{ runId: 'r1', output: said('Report') }]);
      const before = await recordsOf(place.file);
      stopped.kill('SIGCONT');
      expect(await stopped.says(({ runId }) => runId === 'r1')).toMatchObject({ status: 'lost', code: 'run-fenced' });
      expect(await stopped.end).toBe(0);
      const after = await recordsOf(place.file);
      expect(after).toEqual(before);
      expectWhole(after, place);
    },
    PATIENCE,
  );
});

describe('a process that is drained', () => {
  it(
    'parks its runs, and another one goes on with them at once',
    async () => {
      const place = newPlace();
      const first = startWorker({ ...place, start: ['r1', 'r2'], waits: true });
      for (const id of ['r1', 'r2']) await first.says(({ runId, status }) => runId === id && status === 'suspended');
      const busy = startWorker({ ...place, name: 'p1', resume: true });
      expect(await busy.end).toBe(0);
      expect(busy.lines.map(({ refused }) => refused)).toEqual(['run-owned', 'run-owned']);
      first.kill('SIGTERM');
      expect(await first.end).toBe(0);
      expect(first.lines.find(({ parked }) => parked !== undefined)?.parked?.toSorted()).toEqual(['r1', 'r2']);
      const onRecord = keysOnRecord((await recordsOf(place.file)).values());
      const second = startWorker({ ...place, name: 'p2', resume: true });
      expect(await second.end).toBe(0);
      expect(finished(second.lines)).toMatchObject([{ output: said('Report') }, { output: said('Report') }]);
      const again = readLines<Effect>(place.effects).filter((one) => one.process === 'p2' && onRecord.has(one.key));
      expect(again).toEqual([]);
    },
    PATIENCE,
  );
});

describe('two processes', () => {
  it(
    'work on one file at the same time, each on its own runs and driver',
    async () => {
      const place = newPlace();
      const ids = (letter: string): string[] => Array.from({ length: 10 }, (_, index) => `${letter}${index}`);
      const workers = ['a', 'b'].map((name, index) =>
        startWorker({ ...place, name, start: ids(name), driver: drivers[index] as string }),
      );
      expect(await Promise.all(workers.map(({ end }) => end))).toEqual([0, 0]);
      for (const { lines } of workers) expect(finished(lines)).toHaveLength(10);
      const histories = await recordsOf(place.file);
      expect([...histories.keys()].sort()).toEqual([...ids('a'), ...ids('b')]);
      expectWhole(histories, place);
    },
    PATIENCE,
  );

  it(
    'never both go on with a run: one gets it',
    async () => {
      const place = newPlace();
      const start = ['r0', 'r1', 'r2', 'r3', 'r4'];
      const first = startWorker({ ...place, start, stop: { signal: 'SIGKILL', when: 'after', at: 20 } });
      expect(await first.end).toBe('SIGKILL');
      const workers = ['a', 'b'].map((name) => startWorker({ ...place, name, resume: true, ahead: HOUR }));
      expect(await Promise.all(workers.map(({ end }) => end))).toEqual([0, 0]);
      const lines = workers.flatMap((worker) => worker.lines);
      expect(finished(lines).map(({ runId }) => runId)).toEqual(start);
      expect(lines.filter(({ status }) => status === 'lost')).toEqual([]);
      expectWhole(await recordsOf(place.file), place);
    },
    PATIENCE,
  );

  it(
    'hear of answers that were given in the other one',
    async () => {
      const place = newPlace();
      const worker = startWorker({ ...place, start: ['r1'], waits: true });
      await worker.says(({ status }) => status === 'suspended');
      await using store = sqlite(place.file);
      const asked = store.read('r1').findLast((record) => record.type === 'node-suspend' && record.signal === 'name');
      const { node, step } = asked as JournalRecord & { node: string; step: string };
      expect(await store.answer('r1', { node, step, value: 'Tides' })).toBe(true);
      expect(await worker.end).toBe(0);
      expect(finished(worker.lines)).toMatchObject([{ runId: 'r1', output: said('Tides') }]);
      expect(store.find('r1')).toMatchObject({ ended: true, owned: false });
    },
    PATIENCE,
  );
});

describe('many runs', () => {
  it('10,000 of them are listed, found and held by one process', async () => {
    await using store = sqlite(newFile());
    const ids = Array.from({ length: 10_000 }, (_, index) => `r${index}`);
    const start = { v: 1, seq: 0, time: 5, type: 'run-start', workflow: 'w', version: 1, fingerprint: 'f' } as const;
    await Promise.all(ids.map((runId) => store.create({ ...start, runId }, 'a')));
    const listed = store.list();
    expect(listed.map(({ runId }) => runId)).toEqual(ids);
    expect(listed[9999]).toEqual({
      ...{ runId: 'r9999', workflow: 'w', version: 1, startedAt: 5, ended: false, owned: true },
    });
    expect(store.find('r5000')).toEqual(listed[5000]);
  });
});
