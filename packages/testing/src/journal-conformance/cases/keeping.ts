import assert from 'node:assert/strict';
import type { Journal } from '@espalier/core';
import { alone, type JournalGroup, shared } from '../journal-case.js';
import { end, start, step } from '../records.js';
import { refused } from '../refused.js';

const unknown: readonly (readonly [string, (journal: Journal) => unknown])[] = [
  ['read', (journal) => journal.read('no')],
  ['acquire', (journal) => journal.acquire('no', 'a')],
  ['answer', (journal) => journal.answer('no', { node: 'n', step: 's', value: null })],
  ['answered', (journal) => journal.answered('no', 'n', 's')],
];

export const keeping: JournalGroup = {
  name: 'J2: what has returned is kept',
  cases: [
    alone('gives what was read before as it was, though more is appended', async (journal) => {
      const lease = await journal.create(start('r'), 'a');
      const before = await journal.read('r');
      await journal.append(lease, step('r', 1));
      assert.deepEqual([...before], [start('r')]);
      assert.equal((await journal.read('r')).length, 2);
    }),
    alone('finds and lists runs without reading them', async (journal) => {
      const summary = { runId: 'r1', workflow: 'report', version: 2, startedAt: 1000, ended: false, owned: true };
      const lease = await journal.create(start('r1'), 'a');
      await journal.create(start('r2', 1001), 'b');
      assert.deepEqual({ ...(await journal.find('r1')) }, summary);
      assert.equal(await journal.find('r3'), undefined);
      await journal.append(lease, end('r1', 1));
      await journal.release(lease);
      assert.deepEqual(
        { ...(await journal.find('r1')) },
        { ...summary, ended: true, status: 'completed', owned: false },
      );
      const listed = Array.from(await journal.list(), ({ runId }) => runId);
      assert.deepEqual(listed.sort(), ['r1', 'r2']);
    }),
    alone('begins a run with records of another, all of them at once', async (journal) => {
      const fork = { runId: 'r1', from: 'section', records: 2 };
      const first = start('r2', 1000, { fork });
      const lease = await journal.create(first, 'a', [step('r2', 1), step('r2', 2)]);
      assert.deepEqual([...(await journal.read('r2'))], [first, step('r2', 1), step('r2', 2)]);
      assert.equal((await journal.find('r2'))?.forkedFrom, 'r1');
      await journal.append(lease, step('r2', 3));
      await refused('run-exists', () => journal.create(first, 'b', [step('r2', 1)]));
      assert.equal((await journal.read('r2')).length, 4);
    }),
    alone('begins a run once', async (journal) => {
      await journal.create(start('r'), 'a');
      await refused('run-exists', () => journal.create(start('r'), 'b'));
      assert.equal((await journal.read('r')).length, 1);
    }),
    ...unknown.map(([name, act]) =>
      alone(`says that a run is unknown: ${name}`, async (journal) => {
        const error = await refused('run-unknown', () => act(journal));
        assert.equal(error.where.runId, 'no');
      }),
    ),
    shared('is there for others at once', async (one, other) => {
      const lease = await one.create(start('r'), 'a');
      assert.equal((await other.find('r'))?.owned, true);
      await refused('run-exists', () => other.create(start('r'), 'b'));
      await one.append(lease, end('r', 1));
      await one.release(lease);
      const [summary] = await other.list();
      assert.deepEqual([summary?.runId, summary?.ended, summary?.owned], ['r', true, false]);
    }),
  ],
};
