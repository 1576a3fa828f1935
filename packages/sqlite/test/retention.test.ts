import { VirtualClock } from '@espalier/core';
import { describe, expect, it, jest } from '@jest/globals';
import { type SqliteOptions, type SqliteStore, sqlite } from '../src/index.js';
import { drivers } from './drivers.js';
import { play } from './histories.js';
import { newFile } from './new-file.js';
import { openFile } from './open-file.js';

const SECOND = 1000;
const HOUR = 3_600_000;
const DAY = 24 * HOUR;

const idsOf = (store: SqliteStore): readonly string[] => store.list().map(({ runId }) => runId);

/** Until all that was begun is written. */
const settle = (store: SqliteStore): Promise<unknown> =>
  store.answer('none', { node: '', step: '', value: null }).catch(() => {});

// Every commit waits for a disk that others use as well.
jest.setTimeout(30_000);

/** Lets time pass, and what is due happen. */
async function pass(clock: VirtualClock, store: SqliteStore, time: number, steps = 1): Promise<void> {
  for (let step = 0; step < steps; step++) {
    await clock.advance(time / steps);
    await settle(store);
    await settle(store);
  }
}

/** How many rows are left in each table of histories. */
function rowsOf(file: string, driver: string): Record<string, number> {
  const database = openFile(file, driver);
  const tables = ['runs', 'records', 'answers', 'pruned_runs', 'blobs', 'blob_runs'];
  const count = (table: string) => database.prepare(`SELECT count(*) AS n FROM ${table}`).get()?.n as number;
  const rows = Object.fromEntries(tables.map((table) => [table, count(table)]));
  database.close();
  return rows;
}

describe.each(drivers)('retention, on %s', (driver) => {
  /** A store at the beginning of the year, with runs of which one is 40 days old. */
  async function open(options: SqliteOptions = {}) {
    const clock = new VirtualClock();
    const now = clock.now();
    const file = newFile();
    const store = sqlite(file, { clock, driver, ...options });
    await play(store, { runId: 'old', time: now - 41 * DAY, endsAt: now - 40 * DAY });
    await play(store, { runId: 'long', time: now - 41 * DAY, endsAt: now - 10 * DAY });
    await play(store, { runId: 'open', time: now - 41 * DAY });
    return { clock, now, file, store };
  }

  it('deletes by itself what ended 30 days ago, and nothing that has not ended', async () => {
    const { clock, store } = await open();
    await store.answer('old', { node: 'n', step: 's', value: 1 });
    await store.threads.append('t', { kind: 'summary', key: 'k', covers: 0, text: 'x', time: 0 });
    expect(idsOf(store)).toEqual(['old', 'long', 'open']);
    await pass(clock, store, 11 * SECOND, 11);
    expect(idsOf(store)).toEqual(['long', 'open']);
    expect(() => store.read('old')).toThrow(expect.objectContaining({ code: 'run-unknown' }));
    await pass(clock, store, 21 * DAY, 21);
    expect(idsOf(store)).toEqual(['open']);
    expect(store.read('open')).toHaveLength(3);
    expect(store.threads.length('t')).toBe(1);
    await store.close();
    expect(rowsOf(store.file, driver)).toMatchObject({ runs: 1, records: 3, answers: 0, pruned_runs: 0 });
  });

  it('keeps all where that is wanted', async () => {
    const { clock, store } = await open({ retention: false });
    await pass(clock, store, 40 * DAY, 10);
    expect(idsOf(store)).toEqual(['old', 'long', 'open']);
    await store.close();
  });

  it('is decided by who says it: a process that only looks into the file goes by that', async () => {
    const { clock, file, store } = await open({ retention: '60 days' });
    await pass(clock, store, 1);
    await using other = sqlite(file, { clock, driver });
    await pass(clock, other, 2 * HOUR, 4);
    expect(idsOf(other)).toEqual(['old', 'long', 'open']);
    await using third = sqlite(file, { clock, driver, retention: '20 days' });
    await pass(clock, third, 2 * HOUR, 4);
    expect(idsOf(other)).toEqual(['long', 'open']);
    await store.close();
  });

  it('takes child runs with the run at the top, when all of them have ended', async () => {
    const { clock, now, file, store } = await open({ retention: '1 day' });
    const past = { time: now - 50 * DAY };
    await play(store, { ...past, runId: 'top', endsAt: now - 45 * DAY });
    await play(store, { ...past, runId: 'child', parent: 'top', endsAt: now - 48 * DAY });
    await play(store, { ...past, runId: 'grandchild', parent: 'child', endsAt: now - 49 * DAY });
    await play(store, { ...past, runId: 'top2', endsAt: now - 45 * DAY });
    await play(store, { ...past, runId: 'child2', parent: 'top2' });
    await play(store, { ...past, runId: 'top3' });
    await play(store, { ...past, runId: 'child3', parent: 'top3', endsAt: now - 49 * DAY });
    await pass(clock, store, 12 * SECOND, 24);
    expect(idsOf(store)).toEqual(['open', 'top2', 'child2', 'top3', 'child3']);
    await store.close();
    expect(rowsOf(file, driver)).toMatchObject({ runs: 5, records: 15, pruned_runs: 0 });
  });

  it('takes a large run in small steps, between which others write; what is left is never read', async () => {
    const { clock, now, store } = await open({ retention: '100 days' });
    await play(store, { runId: 'large', time: 0, endsAt: now - 200 * DAY, records: 3000 });
    await pass(clock, store, 10 * SECOND, 10);
    expect(idsOf(store)).toEqual(['old', 'long', 'open']);
    const seen: number[] = [];
    for (let step = 1; step <= 7; step++) {
      await pass(clock, store, 50);
      await play(store, { runId: `between${step}`, time: now, records: 1 });
      seen.push(rowsOf(store.file, driver).records as number);
    }
    // A step deletes 500 records; each time another run has written one.
    expect(seen).toEqual([2510, 2011, 1512, 1013, 514, 15, 16]);
    await play(store, { runId: 'large', time: now, records: 2 });
    expect(store.read('large')).toHaveLength(2);
    await store.close();
  });

  it('takes large values with the last run that has them, a few megabytes at a time', async () => {
    const { clock, now, file, store } = await open({ retention: '100 days' });
    const past = now - 200 * DAY;
    const value = (letter: string) => letter.repeat(3_000_000);
    for (const letter of ['a', 'b', 'c']) {
      await play(store, { runId: letter, endsAt: past, value: value(letter) });
    }
    await play(store, { runId: 'new', endsAt: now, value: value('c') });
    const bytes: number[] = [];
    for (let step = 0; step < 4; step++) {
      await pass(clock, store, step === 0 ? 10 * SECOND : 50);
      bytes.push(rowsOf(file, driver).blobs as number);
    }
    // The runs go first, then two values, then the one that another run has, and nothing is left to do.
    expect(bytes).toEqual([3, 1, 1, 1]);
    expect(idsOf(store)).toEqual(['old', 'long', 'open', 'new']);
    expect(store.read('new')[1]).toMatchObject({ value: value('c') });
    await store.close();
    expect(rowsOf(file, driver)).toMatchObject({ runs: 4, records: 12, pruned_runs: 0, blobs: 1, blob_runs: 1 });
  });

  it('is the work of one process at a time, and of another one where that has died', async () => {
    const { clock, now, file, store } = await open({ retention: '100 days' });
    for (const runId of ['l1', 'l2']) await play(store, { runId, endsAt: now - 200 * DAY, records: 2000 });
    await pass(clock, store, 10 * SECOND, 10);
    const left = rowsOf(file, driver).pruned_runs;
    expect(left).toBe(2);
    // Whose clock does not go on any more.
    const later = new VirtualClock(clock.now());
    const other = sqlite(file, { clock: later, driver });
    await pass(later, other, 30 * SECOND, 30);
    expect(rowsOf(file, driver).pruned_runs).toBe(2);
    await pass(later, other, 2 * HOUR, 200);
    await pass(later, other, 2 * SECOND, 40);
    expect(rowsOf(file, driver)).toMatchObject({ pruned_runs: 0, records: 9 });
    await other.close();
    await store.close();
  });

  it('happens a little at close as well, for programs that do not live until the first look', async () => {
    const clock = new VirtualClock();
    const file = newFile();
    for (let day = 0; day < 40; day++) {
      await using store = sqlite(file, { clock, driver });
      await play(store, { runId: `day${day}`, time: clock.now(), endsAt: clock.now() });
      await clock.advance(SECOND); // not long enough for the first look
      await store.close();
      await clock.advance(DAY);
    }
    expect(rowsOf(file, driver).runs).toBe(30);
  });

  it('deletes nothing too early where the clock is set back, and goes on then', async () => {
    const { clock, now, file, store } = await open();
    await pass(clock, store, 11 * SECOND, 11);
    expect(idsOf(store)).toEqual(['long', 'open']);
    await store.close();
    const before = new VirtualClock(now - 100 * DAY);
    const again = sqlite(file, { clock: before, driver });
    await play(again, { runId: 'now', time: before.now(), endsAt: before.now() });
    await pass(before, again, 29 * DAY, 29);
    expect(idsOf(again)).toEqual(['long', 'open', 'now']);
    await pass(before, again, 2 * DAY, 4);
    expect(idsOf(again)).toEqual(['long', 'open']);
    await again.close();
  });
});

describe.each(drivers)('prune, on %s', (driver) => {
  it('deletes what is older, and tells how much that was', async () => {
    const clock = new VirtualClock();
    const now = clock.now();
    await using store = sqlite(newFile(), { clock, driver, retention: false });
    const old = Array.from({ length: 250 }, (_, run) => ({ runId: `r${run}`, endsAt: now - 2 * DAY, records: 7 }));
    await Promise.all(old.map((one) => play(store, one)));
    await play(store, { runId: 'open' });
    await play(store, { runId: 'new', endsAt: now - DAY / 2, records: 4 });
    expect(await store.prune({ olderThan: '1 day' })).toEqual({ runs: 250, records: 1750, damaged: 0 });
    expect(idsOf(store)).toEqual(['open', 'new']);
    expect(await store.prune({ olderThan: '1 day' })).toEqual({ runs: 0, records: 0, damaged: 0 });
    await clock.advance(1);
    expect(await store.prune({ olderThan: '12 hours' })).toEqual({ runs: 1, records: 4, damaged: 0 });
    expect(idsOf(store)).toEqual(['open']);
  });

  it('leaves a run of which the file says what is not so, and goes past it', async () => {
    const clock = new VirtualClock();
    const now = clock.now();
    const file = newFile();
    await using store = sqlite(file, { clock, driver, retention: false });
    // More damaged ones than a step takes runs, and they stand first.
    const runs = Array.from({ length: 160 }, (_, run) => ({ runId: `r${run}`, endsAt: now - 9 * DAY + run }));
    await Promise.all(runs.map((one) => play(store, one)));
    await play(store, { runId: 'open' });
    const database = openFile(file, driver);
    database.exec("UPDATE runs SET started_at = 7 WHERE id <= 120 OR run_id = 'r130'");
    // It seems to have ended long ago, by a damaged time.
    database.exec("UPDATE runs SET ended_at = 1 WHERE run_id = 'open'");
    database.close();
    expect(await store.prune({ olderThan: '1 day' })).toEqual({ runs: 39, records: 117, damaged: 122 });
    expect(idsOf(store)).toHaveLength(122);
    expect(store.list().every(({ damaged }) => damaged)).toBe(true);
    expect(await store.check()).toHaveLength(122);
  });

  it('refuses what is no duration', async () => {
    await using store = sqlite(newFile(), { driver });
    await expect(store.prune({ olderThan: 'long' as never })).rejects.toMatchObject({ code: 'policy-invalid' });
  });
});
