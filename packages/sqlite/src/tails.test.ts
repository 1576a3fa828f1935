import type { JournalRecord, RunStartEvent } from '@espalier/core';
import { describe, expect, it } from '@jest/globals';
import { newFile } from '../test/new-file.js';
import { openFile } from '../test/open-file.js';
import { sqlite } from './index.js';

const start = (runId: string): RunStartEvent =>
  ({ v: 1, runId, seq: 0, time: 1000, type: 'run-start', workflow: 'w', version: 1, fingerprint: 'f' }) as const;

const step = (runId: string, seq: number): JournalRecord => ({
  ...({ v: 1, runId, seq, time: 1000 + seq, type: 'node-start', node: `n${seq}`, attempt: 1 } as const),
});

describe('what is appended in one transaction', () => {
  it('is one chain, whoever holds the run in between', async () => {
    await using store = sqlite(newFile());
    const lease = await store.create(start('r'), 'a');
    const results = await Promise.allSettled([
      store.append(lease, step('r', 1)),
      store.append(lease, step('r', 3)), // out of order
      store.append(lease, step('r', 2)),
      store.release(lease),
      store.acquire('r', 'b'),
      store.append(lease, step('r', 3)), // by the old lease
      store.append({ ...lease, owner: 'b', token: 2 }, step('r', 3)),
    ]);
    const outcomes = Array.from(results, (result) => (result.status === 'rejected' ? result.reason.code : 'kept'));
    expect(outcomes).toEqual(['kept', 'store-failed', 'kept', 'kept', 'kept', 'run-fenced', 'kept']);
    expect(Array.from(store.read('r'), ({ seq }) => seq)).toEqual([0, 1, 2, 3]);
    expect(await store.verify('r')).toMatchObject({ records: 4, faults: [] });
  });

  it('is kept for the others where one of them cannot be written', async () => {
    const file = newFile();
    await using store = sqlite(file);
    const one = await store.create(start('one'), 'a');
    const other = await store.create(start('other'), 'a');
    const database = openFile(file);
    database.exec("INSERT INTO records VALUES (1, 2, '{}', 'h')"); // in the way
    database.close();
    const results = await Promise.allSettled([
      store.append(other, step('other', 1)),
      store.append(one, step('one', 1)),
      store.append(one, step('one', 2)),
      store.append(other, step('other', 2)),
    ]);
    expect(Array.from(results, ({ status }) => status)).toEqual(['fulfilled', 'fulfilled', 'rejected', 'fulfilled']);
    expect(await store.verify('other')).toMatchObject({ records: 3, faults: [] });
    const { faults } = await store.verify('one');
    expect(Array.from(faults, ({ seq, kind }) => `${seq} ${kind}`)).toEqual(['2 added']);
  });
});
