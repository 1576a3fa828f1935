import assert from 'node:assert/strict';
import type { Journal } from '@espalier/core';
import { alone, type JournalGroup, shared } from '../journal-case.js';
import { end, start } from '../records.js';
import { refused } from '../refused.js';

const wait = { node: 'n', step: 'approval' };
const answer = { ...wait, value: true };

/** The runs that could go on at a time and that nobody holds. */
async function due(journal: Journal, time: number): Promise<readonly string[]> {
  return Array.from(await journal.list({ ended: false, owned: false, due: time }), ({ runId }) => runId);
}

export const resting: JournalGroup = {
  name: 'J7: a run at rest stays so until there is an answer, or its time has come',
  cases: [
    alone('is due before, and not while it waits for an answer', async (journal) => {
      const lease = await journal.create(start('r'), 'a');
      await journal.release(lease);
      assert.deepEqual(await due(journal, 0), ['r']);
      const next = await journal.acquire('r', 'a');
      await journal.rest(next, { waits: [wait] });
      assert.deepEqual((await journal.find('r'))?.rest, {});
      assert.equal((await journal.find('r'))?.owned, true);
      await journal.release(next);
      assert.deepEqual(await due(journal, Number.MAX_SAFE_INTEGER), []);
    }),
    alone('is due when its time has come', async (journal) => {
      const lease = await journal.create(start('r'), 'a');
      await journal.rest(lease, { waits: [wait], until: 5000 });
      await journal.release(lease);
      assert.deepEqual(await due(journal, 4999), []);
      assert.deepEqual(await due(journal, 5000), ['r']);
      assert.deepEqual((await journal.find('r'))?.rest, { until: 5000 });
    }),
    alone('is due when it has been answered', async (journal) => {
      const lease = await journal.create(start('r'), 'a');
      await journal.rest(lease, { waits: [wait], until: 5000 });
      await journal.release(lease);
      await journal.answer('r', answer);
      assert.deepEqual(await due(journal, 0), ['r']);
      assert.equal((await journal.find('r'))?.rest, undefined);
    }),
    alone('is due when what it waits for was answered before', async (journal) => {
      const lease = await journal.create(start('r'), 'a');
      await journal.answer('r', answer);
      await journal.rest(lease, { waits: [{ node: 'n', step: 'other' }, wait], until: 5000 });
      await journal.release(lease);
      assert.deepEqual(await due(journal, 0), ['r']);
    }),
    alone('is not due because of an answer that it has had', async (journal) => {
      const lease = await journal.create(start('r'), 'a');
      await journal.answer('r', answer);
      await journal.rest(lease, { waits: [{ node: 'n', step: 'other' }] });
      await journal.release(lease);
      assert.deepEqual(await due(journal, 0), []);
    }),
    alone('can be put to rest again, and taken while it rests', async (journal) => {
      const lease = await journal.create(start('r'), 'a');
      await journal.rest(lease, { waits: [wait], until: 5000 });
      await journal.rest(lease, { waits: [wait], until: 7000 });
      await journal.release(lease);
      assert.deepEqual(await due(journal, 6000), []);
      const next = await journal.acquire('r', 'b');
      await journal.append(next, end('r', 1));
      assert.equal((await journal.find('r'))?.rest, undefined);
    }),
    alone('lists what is due first in the first place', async (journal) => {
      for (const [runId, until] of [
        ['late', 9],
        ['soon', 3],
        ['now', 0],
        ['also late', 9],
      ] as const) {
        const lease = await journal.create(start(runId), 'a');
        if (until > 0) await journal.rest(lease, { waits: [wait], until });
        await journal.release(lease);
      }
      assert.deepEqual(await due(journal, 10), ['now', 'soon', 'late', 'also late']);
      const page = await journal.list({ ended: false, owned: false, due: 10, after: 'soon', limit: 1 });
      assert.deepEqual(
        Array.from(page, ({ runId }) => runId),
        ['late'],
      );
    }),
    alone('is put to rest by its owner alone', async (journal) => {
      const lease = await journal.create(start('r'), 'a');
      await journal.release(lease);
      await refused('run-fenced', () => journal.rest(lease, { waits: [wait] }));
      const next = await journal.acquire('r', 'b');
      await refused('run-fenced', () => journal.rest(lease, { waits: [wait] }));
      await journal.append(next, end('r', 1));
      await refused('run-settled', () => journal.rest(next, { waits: [wait] }));
      await refused('run-unknown', () => journal.rest({ ...next, runId: 'no' }, { waits: [wait] }));
    }),
    shared('is due for others', async (one, other) => {
      const lease = await one.create(start('r'), 'a');
      await one.rest(lease, { waits: [wait], until: 5000 });
      await one.release(lease);
      assert.deepEqual(await due(other, 4000), []);
      await one.answer('r', answer);
      assert.deepEqual(await due(other, 4000), ['r']);
    }),
  ],
};
