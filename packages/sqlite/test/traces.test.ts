import { existsSync, readFileSync } from 'node:fs';
import { describe, expect, it, jest } from '@jest/globals';
import { sqlite } from '../src/index.js';
import { drivers } from './drivers.js';
import { play } from './histories.js';
import { newFile } from './new-file.js';

jest.setTimeout(60_000);

/** How often a text stands anywhere on the disk. */
const timesOnDisk = (file: string, text: string): number =>
  [file, `${file}-wal`]
    .map((path) => (existsSync(path) ? readFileSync(path, 'latin1').split(text).length - 1 : 0))
    .reduce((sum, times) => sum + times);

const isOnDisk = (file: string, text: string): boolean => timesOnDisk(file, text) > 0;

describe.each(drivers)('what was deleted, on %s', (driver) => {
  it('leaves no trace in pages that are still used, once the log is written back', async () => {
    const file = newFile();
    await using store = sqlite(file, { driver, retention: false });
    for (const thread of ['kept', 'gone']) {
      for (const key of ['a', 'b', 'c']) {
        const entry = { kind: 'summary', key, covers: 0, text: `${thread} says ${key}`, time: 0 } as const;
        await store.threads.append(thread, entry);
      }
    }
    expect(isOnDisk(file, 'gone says b')).toBe(true);
    await store.threads.forget('gone');
    await store.vacuum();
    expect(isOnDisk(file, 'kept says b')).toBe(true);
    expect(isOnDisk(file, 'gone says')).toBe(false);
  });

  it('is gone from the disk after a vacuum, but for stray copies: runs that were pruned, with their large values', async () => {
    const file = newFile();
    await using store = sqlite(file, { driver, retention: false });
    for (let run = 0; run < 20; run++) {
      await play(store, { runId: `gone${run}`, records: 40, endsAt: 1, value: `gone, said ${run}` });
      await play(store, { runId: `kept${run}`, records: 10, value: `kept, said ${run}` });
    }
    await play(store, { runId: 'large', endsAt: 1, value: 'gone and large '.repeat(10_000) });
    await store.prune({ olderThan: 0 });
    await store.vacuum();
    expect(isOnDisk(file, 'kept, said 7')).toBe(true);
    expect(timesOnDisk(file, 'gone, said')).toBeLessThanOrEqual(8); // of 800
    expect(isOnDisk(file, 'gone and large')).toBe(false);
  });
});
