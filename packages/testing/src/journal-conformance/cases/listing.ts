import assert from 'node:assert/strict';
import type { Journal, RunFilter } from '@espalier/core';
import { alone, type JournalGroup } from '../journal-case.js';
import { end, start } from '../records.js';
import { refused } from '../refused.js';

/** Five runs: `a` has ended, `b` failed, `c` is free, `c/1` is a child of it, `d` of another workflow is held. */
async function fill(journal: Journal): Promise<void> {
  for (const [index, runId] of ['a', 'b', 'c', 'c/1', 'd'].entries()) {
    const workflow = runId === 'd' ? 'invoice' : 'report';
    const parent = runId === 'c/1' ? { parent: { runId: 'c', node: 'n' } } : {};
    const lease = await journal.create(start(runId, 1000 + index, { workflow, ...parent }), 'o');
    if (runId === 'a') await journal.append(lease, end('a', 1));
    if (runId === 'b') await journal.append(lease, { ...end('b', 1), status: 'failed' });
    if (runId !== 'd') await journal.release(lease);
  }
}

const cases: readonly (readonly [string, RunFilter, readonly string[]])[] = [
  ['all, in the order of their starts', {}, ['a', 'b', 'c', 'c/1', 'd']],
  ['the newest first', { newest: true }, ['d', 'c/1', 'c', 'b', 'a']],
  ['those that have ended', { ended: true }, ['a', 'b']],
  ['those that have not', { ended: false }, ['c', 'c/1', 'd']],
  ['those that ended in a certain way', { status: 'failed' }, ['b']],
  ['those that are held', { owned: true }, ['d']],
  ['those that are not', { owned: false }, ['a', 'b', 'c', 'c/1']],
  ['those of a workflow', { workflow: 'invoice' }, ['d']],
  ['those of no workflow that there is', { workflow: '%' }, []],
  ['child runs of a run', { parent: 'c' }, ['c/1']],
  ['those that no run has called', { parent: null }, ['a', 'b', 'c', 'd']],
  ['those that could go on', { ended: false, owned: false, due: 0 }, ['c', 'c/1']],
  ['a first page', { limit: 2 }, ['a', 'b']],
  ['the page behind it', { limit: 2, after: 'b' }, ['c', 'c/1']],
  ['the last page', { limit: 2, after: 'c/1' }, ['d']],
  ['no page behind the last', { limit: 2, after: 'd' }, []],
  ['pages backwards', { newest: true, limit: 2, after: 'd' }, ['c/1', 'c']],
  ['pages of those that fit', { ended: false, workflow: 'report', limit: 1, after: 'c' }, ['c/1']],
  ['nothing where nothing is asked for', { limit: 0 }, []],
];

export const listing: JournalGroup = {
  name: 'listing',
  cases: [
    ...cases.map(([name, filter, expected]) =>
      alone(`lists ${name}`, async (journal) => {
        await fill(journal);
        assert.deepEqual(
          Array.from(await journal.list(filter), ({ runId }) => runId),
          expected,
        );
      }),
    ),
    alone('tells of a child run who called it', async (journal) => {
      await fill(journal);
      assert.equal((await journal.find('c/1'))?.parent, 'c');
      assert.equal((await journal.find('c'))?.parent, undefined);
    }),
    alone('lists nothing behind a run that is not there', async (journal) => {
      await fill(journal);
      await refused('run-unknown', () => journal.list({ after: 'no' }));
    }),
  ],
};
