import assert from 'node:assert/strict';
import { alone, type JournalGroup, shared } from '../journal-case.js';
import { start, step } from '../records.js';
import { refused } from '../refused.js';

/** How many of several calls have succeeded. */
async function winners(calls: readonly Promise<unknown>[]): Promise<number> {
  return (await Promise.allSettled(calls)).filter(({ status }) => status === 'fulfilled').length;
}

export const fencing: JournalGroup = {
  name: 'J3: only the newest lease can append',
  cases: [
    alone('refuses a lease that was given back, and one that is older', async (journal) => {
      const first = await journal.create(start('r'), 'a');
      await journal.release(first);
      await refused('run-fenced', () => journal.append(first, step('r', 1)));
      const second = await journal.acquire('r', 'b');
      assert.ok(second.token > first.token);
      await refused('run-fenced', () => journal.append(first, step('r', 1)));
      await journal.append(second, step('r', 1));
      assert.equal((await journal.read('r')).length, 2);
    }),
    alone('does not let an older lease give the run back', async (journal) => {
      const first = await journal.create(start('r'), 'a');
      await journal.release(first);
      const second = await journal.acquire('r', 'b');
      await journal.release(first);
      await journal.append(second, step('r', 1));
      await refused('run-owned', () => journal.acquire('r', 'c'));
    }),
    alone('gives every owner a token above all earlier ones', async (journal) => {
      let { token } = await journal.create(start('r'), 'a');
      await journal.release({ runId: 'r', owner: 'a', token });
      for (const owner of ['a', 'b', 'a']) {
        const lease = await journal.acquire('r', owner);
        assert.deepEqual([lease.runId, lease.owner], ['r', owner]);
        assert.ok(lease.token > token);
        token = lease.token;
        await journal.release(lease);
      }
    }),
    shared('fences an owner that others have followed', async (one, other) => {
      const first = await one.create(start('r'), 'a');
      await one.release(first);
      const second = await other.acquire('r', 'b');
      await refused('run-fenced', () => one.append(first, step('r', 1)));
      await one.release(first);
      await other.append(second, step('r', 1));
      assert.equal((await one.read('r')).length, 2);
    }),
  ],
};

export const owning: JournalGroup = {
  name: 'J4: a run that somebody holds cannot be acquired',
  cases: [
    alone('refuses a second owner until the first gives it back', async (journal) => {
      const lease = await journal.create(start('r'), 'a');
      const error = await refused('run-owned', () => journal.acquire('r', 'b'));
      assert.equal(error.retryable, true);
      assert.match(error.message, /'a'/, 'The message names the owner.');
      await journal.release(lease);
      await journal.release(lease);
      assert.equal((await journal.acquire('r', 'b')).owner, 'b');
    }),
    alone('refuses its own owner, too', async (journal) => {
      await journal.create(start('r'), 'a');
      await refused('run-owned', () => journal.acquire('r', 'a'));
    }),
    alone('lets one of several win', async (journal) => {
      await journal.release(await journal.create(start('r'), 'a'));
      const tries = Array.from({ length: 10 }, async (_, index) => journal.acquire('r', `o${index}`));
      assert.equal(await winners(tries), 1);
    }),
    shared('lets one of several win, wherever they are', async (one, other) => {
      await one.release(await one.create(start('r'), 'a'));
      const tries = [one, other, one, other].map(async (journal, index) => journal.acquire('r', `o${index}`));
      assert.equal(await winners(tries), 1);
      assert.equal((await one.find('r'))?.owned, true);
      assert.equal((await other.find('r'))?.owned, true);
    }),
  ],
};
