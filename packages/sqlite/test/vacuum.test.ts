import { statSync } from 'node:fs';
import { describe, expect, it, jest } from '@jest/globals';
import { sqlite } from '../src/index.js';
import { drivers } from './drivers.js';
import { play } from './histories.js';
import { newFile } from './new-file.js';
import { openFile } from './open-file.js';

jest.setTimeout(60_000);

describe.each(drivers)('vacuum, on %s', (driver) => {
  it('gives the space of pruned runs back, while others have the file open and write', async () => {
    const file = newFile();
    await using store = sqlite(file, { driver, retention: false });
    await using other = sqlite(file, { driver, retention: false });
    const value = 'x'.repeat(3000);
    const old = Array.from({ length: 60 }, (_, index) => `old${index}`);
    await Promise.all(old.map((runId) => play(store, { runId, records: 100, endsAt: 1, value })));
    await play(other, { runId: 'kept', records: 100, value });
    const expected = other.read('kept');
    await store.vacuum();
    const full = statSync(file).size;
    expect(await store.prune({ olderThan: 0 })).toEqual({ runs: 60, records: 6000, damaged: 0 });
    // What is pruned stays in the file, to be used again.
    expect(statSync(file).size).toBeGreaterThanOrEqual(full);
    let isDone = false;
    const vacuumed = store.vacuum().then((result) => {
      isDone = true;
      return result;
    });
    let writes = 0;
    for (; !isDone; writes++) await play(other, { runId: `new${writes}`, records: 2 });
    const { bytes } = await vacuumed;
    expect(writes).toBeGreaterThan(0);
    expect(bytes).toBeGreaterThan(full / 2);
    expect(statSync(file).size).toBeLessThan(full / 5);
    expect(statSync(`${file}-wal`).size).toBeLessThan(1_000_000);
    expect(other.read('kept')).toEqual(expected);
    expect(await store.verify('kept')).toMatchObject({ faults: [] });
    expect(other.list()).toHaveLength(1 + writes);
    const database = openFile(file, driver);
    expect(database.prepare('PRAGMA integrity_check').get()).toEqual({ integrity_check: 'ok' });
    database.close();
  });

  it('does nothing where there is nothing to give back, and nothing on a store that is closed', async () => {
    const store = sqlite(newFile(), { driver });
    expect(await store.vacuum()).toEqual({ bytes: 0 });
    await store.close();
    await expect(store.vacuum()).rejects.toMatchObject({ code: 'store-failed' });
  });

  it('writes to the log again after somebody has read for long', async () => {
    const file = newFile();
    await using store = sqlite(file, { driver });
    const reader = openFile(file, driver);
    reader.exec('BEGIN');
    reader.prepare('SELECT count(*) FROM runs').get();
    await play(store, { runId: 'r1', records: 50, value: 'x'.repeat(5000) });
    expect(await store.vacuum()).toEqual({ bytes: 0 });
    reader.exec('COMMIT');
    reader.close();
    await store.vacuum();
    expect(statSync(`${file}-wal`).size).toBe(0);
    expect(store.read('r1')).toHaveLength(50);
  });
});
