import assert from 'node:assert/strict';
import type { Journal, JournalRecord } from '@espalier/core';
import { alone, type JournalGroup, shared } from '../journal-case.js';
import { start, step } from '../records.js';

const seqs = (records: readonly JournalRecord[]): number[] => Array.from(records, ({ seq }) => seq);
const upTo = (last: number): number[] => Array.from({ length: last + 1 }, (_, index) => index);

export const order: JournalGroup = {
  name: 'J1: records are read in the order in which they were appended',
  cases: [
    alone('gives back exactly what was appended', async (journal) => {
      const lease = await journal.create(start('r'), 'a');
      const records: JournalRecord[] = [start('r')];
      for (let seq = 1; seq <= 200; seq++) {
        records.push(step('r', seq));
        await journal.append(lease, step('r', seq));
      }
      assert.deepEqual([...(await journal.read('r'))], records);
    }),
    alone('keeps the order of appends that do not wait for each other, and settles them in it', async (journal) => {
      const lease = await journal.create(start('r'), 'a');
      const settled: number[] = [];
      const append = async (seq: number): Promise<void> => {
        await journal.append(lease, step('r', seq));
        settled.push(seq);
      };
      await Promise.all(upTo(99).map((index) => append(index + 1)));
      assert.deepEqual(seqs(await journal.read('r')), upTo(100));
      assert.deepEqual([0, ...settled], upTo(100));
    }),
    alone('reads from a position on', async (journal) => {
      const lease = await journal.create(start('r'), 'a');
      for (let seq = 1; seq <= 5; seq++) await journal.append(lease, step('r', seq));
      assert.deepEqual(seqs(await journal.read('r', 4)), [4, 5]);
      assert.deepEqual(seqs(await journal.read('r', 6)), []);
      assert.deepEqual(seqs(await journal.read('r', 0)), upTo(5));
      assert.deepEqual(seqs(await journal.read('r', -1)), upTo(5));
    }),
    alone('keeps runs apart, whatever they are called', async (journal) => {
      const ids = ['r', 'R', 'r ', '', '"r"', 'r\u0000', 'r\ud800', 'r\ud801', '1', '01'];
      const leases = [];
      for (const id of ids) leases.push(await journal.create(start(id), 'a'));
      await Promise.all(leases.map(async (lease) => journal.append(lease, step(lease.runId, 1))));
      for (const id of ids) {
        const found = await journal.read(id);
        assert.deepEqual(
          Array.from(found, ({ runId }) => runId),
          [id, id],
        );
        assert.equal((await journal.find(id))?.runId, id);
      }
      const listed = Array.from(await journal.list(), ({ runId }) => runId);
      assert.deepEqual(listed.sort(), [...ids].sort());
    }),
    shared('is the same for whoever reads', async (one, other) => {
      const lease = await one.create(start('r'), 'a');
      await Promise.all(upTo(19).map(async (index) => one.append(lease, step('r', index + 1))));
      assert.deepEqual(seqs(await other.read('r')), upTo(20));
      assert.deepEqual([...(await other.read('r', 20))], [step('r', 20)]);
    }),
    alone('tells who follows a run of records, where the journal can know of them', async (journal) => {
      if (journal.onAppend === undefined) return;
      const lease = await journal.create(start('r'), 'a');
      await follows(journal, async (seq) => journal.append(lease, step('r', seq)));
    }),
    shared('tells who follows a run of records that were appended elsewhere', async (one, other) => {
      if (one.onAppend === undefined) return;
      const lease = await other.create(start('r'), 'a');
      await follows(one, async (seq) => other.append(lease, step('r', seq)));
    }),
  ],
};

async function follows(journal: Journal, append: (seq: number) => Promise<void>): Promise<void> {
  let wake = (): void => {};
  const stop = journal.onAppend?.('r', () => wake());
  for (const seq of [1, 2]) {
    const told = new Promise<void>((resolve) => {
      wake = resolve;
    });
    await append(seq);
    await told;
    assert.deepEqual(seqs(await journal.read('r', seq)), [seq]);
  }
  stop?.();
  stop?.();
  wake = () => assert.fail('told of a record after it had stopped to follow');
  await append(3);
}
