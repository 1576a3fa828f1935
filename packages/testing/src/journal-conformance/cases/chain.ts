import assert from 'node:assert/strict';
import { alone, type JournalGroup } from '../journal-case.js';
import { end, start, step } from '../records.js';
import { refused } from '../refused.js';

export const chain: JournalGroup = {
  name: 'verify finds nothing in what was kept, where there is a chain',
  cases: [
    alone('of a run, and of every run beside it', async (journal) => {
      if (journal.verify === undefined) return;
      for (const runId of ['r1', 'r2']) {
        const lease = await journal.create(start(runId), 'a');
        await Promise.all([1, 2, 3].map((seq) => journal.append(lease, step(runId, seq))));
        await journal.append(lease, end(runId, 4));
      }
      const { head, ...report } = await journal.verify('r1');
      assert.deepEqual(report, { records: 5, faults: [] });
      assert.notEqual((await journal.verify('r2')).head, head);
    }),
    alone('of a run that goes on: its head is another with every record', async (journal) => {
      if (journal.verify === undefined) return;
      const lease = await journal.create(start('r'), 'a');
      const before = await journal.verify('r');
      await journal.append(lease, step('r', 1));
      const after = await journal.verify('r');
      assert.deepEqual([before.faults, before.records, after.faults, after.records], [[], 1, [], 2]);
      assert.notEqual(after.head, before.head);
    }),
    alone('of a run that there is', async (journal) => {
      if (journal.verify !== undefined) await refused('run-unknown', () => journal.verify?.('r'));
    }),
  ],
};
