import assert from 'node:assert/strict';
import type { Answer, Journal } from '@espalier/core';
import { alone, type JournalGroup, shared } from '../journal-case.js';
import { end, start } from '../records.js';
import { refused } from '../refused.js';

const yes: Answer = { node: 'n', step: 'approval', value: { ok: true }, by: { user: 'ada' } };

/** Values as they are heard, and what waits for a number of them. */
function listen(journal: Journal) {
  const heard: unknown[] = [];
  let wake: (() => void) | undefined;
  const stop = journal.onAnswer('r', ({ value }) => {
    heard.push(value);
    wake?.();
  });
  const hears = async (count: number): Promise<void> => {
    while (heard.length < count) {
      await new Promise<void>((resolve) => {
        wake = resolve;
      });
    }
  };
  return { heard, stop, hears };
}

export const answers: JournalGroup = {
  name: 'J5: a suspension is answered at most once',
  cases: [
    alone('keeps the first answer', async (journal) => {
      await journal.create(start('r'), 'a');
      assert.equal(await journal.answered('r', 'n', 'approval'), undefined);
      assert.equal(await journal.answer('r', yes), true);
      assert.equal(await journal.answer('r', { ...yes, value: { ok: false } }), false);
      assert.deepEqual({ ...(await journal.answered('r', 'n', 'approval')) }, yes);
    }),
    alone('lets one of several answers win', async (journal) => {
      await journal.create(start('r'), 'a');
      const tries = Array.from({ length: 10 }, async (_, value) => journal.answer('r', { ...yes, value }));
      assert.equal((await Promise.all(tries)).filter(Boolean).length, 1);
    }),
    alone('tells suspensions apart, whatever their names', async (journal) => {
      await journal.create(start('r'), 'a');
      await journal.create(start('r2'), 'a');
      const places = [
        ['r', 'a\nb', 'c'],
        ['r', 'a', 'b\nc'],
        ['r', 'a', 'b\u0000c'],
        ['r', 'a', 'b\ud800'],
        ['r', 'a', 'b\ud801'],
        ['r2', 'a', 'b\nc'],
      ] as const;
      for (const [value, [runId, node, step]] of places.entries()) {
        assert.equal(await journal.answer(runId, { node, step, value }), true);
      }
      for (const [value, [runId, node, step]] of places.entries()) {
        assert.deepEqual({ ...(await journal.answered(runId, node, step)) }, { node, step, value });
      }
    }),
    alone('takes an answer while nobody holds the run, and without a value', async (journal) => {
      await journal.release(await journal.create(start('r'), 'a'));
      assert.equal(await journal.answer('r', { node: 'n', step: 's', value: undefined }), true);
      assert.equal(await journal.answer('r', { node: 'n', step: 's', value: 1 }), false);
      const answer = await journal.answered('r', 'n', 's');
      assert.equal(answer?.step, 's');
      assert.equal(answer.value, undefined);
    }),
    alone('keeps in the place of an answer that nobody answered in time, and tells of it', async (journal) => {
      await journal.create(start('r'), 'a');
      const late: Answer = { node: 'n', step: 'approval', value: undefined, timedOut: true };
      const heard: Answer[] = [];
      const told = new Promise<void>((resolve) => {
        journal.onAnswer('r', (answer) => {
          heard.push(answer);
          resolve();
        });
      });
      assert.equal(await journal.answer('r', late), true);
      assert.equal(await journal.answer('r', yes), false);
      await told;
      for (const answer of [await journal.answered('r', 'n', 'approval'), ...heard]) {
        assert.deepEqual({ ...answer, value: answer?.value }, late);
      }
      assert.equal(heard.length, 1);
    }),
    alone('keeps an answer that came before its time was up', async (journal) => {
      await journal.create(start('r'), 'a');
      assert.equal(await journal.answer('r', yes), true);
      assert.equal(await journal.answer('r', { node: 'n', step: 'approval', value: undefined, timedOut: true }), false);
      const answer = await journal.answered('r', 'n', 'approval');
      assert.deepEqual({ ...answer }, yes);
      assert.equal(answer?.timedOut, undefined);
    }),
    alone('tells listeners of answers that count, until they stop', async (journal) => {
      await journal.create(start('r'), 'a');
      await journal.create(start('r2'), 'a');
      const { heard, stop, hears } = listen(journal);
      await journal.answer('r2', { node: 'n', step: '1', value: 0 });
      await journal.answer('r', { node: 'n', step: '1', value: 1 });
      await journal.answer('r', { node: 'n', step: '1', value: 2 });
      await hears(1);
      stop();
      stop();
      await journal.answer('r', { node: 'n', step: '2', value: 3 });
      assert.deepEqual(heard, [1]);
    }),
    shared('lets one of several answers win, wherever they are', async (one, other) => {
      await one.create(start('r'), 'a');
      const tries = [one, other, one, other].map(async (journal, value) => journal.answer('r', { ...yes, value }));
      const counted = (await Promise.all(tries)).indexOf(true);
      assert.equal((await one.answered('r', 'n', 'approval'))?.value, counted);
      assert.equal((await other.answered('r', 'n', 'approval'))?.value, counted);
    }),
    shared('tells listeners of answers that were given elsewhere', async (one, other) => {
      await one.create(start('r'), 'a');
      const { heard, stop, hears } = listen(one);
      await other.answer('r', { node: 'n', step: '1', value: 1 });
      await hears(1);
      await other.answer('r', { node: 'n', step: '2', value: { two: [2] } });
      await hears(2);
      stop();
      assert.deepEqual(heard, [1, { two: [2] }]);
    }),
  ],
};

export const ending: JournalGroup = {
  name: 'J6: run-end is the last record',
  cases: [
    alone('refuses what comes after it', async (journal) => {
      const lease = await journal.create(start('r'), 'a');
      await journal.append(lease, end('r', 1));
      await refused('run-settled', () => journal.append(lease, end('r', 2)));
      const types = Array.from(await journal.read('r'), ({ type }) => type);
      assert.deepEqual(types, ['run-start', 'run-end']);
    }),
    alone('gives the run back: others may acquire it, and a release changes nothing', async (journal) => {
      const lease = await journal.create(start('r'), 'a');
      await journal.append(lease, end('r', 1));
      assert.equal((await journal.find('r'))?.owned, false);
      const next = await journal.acquire('r', 'b');
      await journal.release(lease);
      await refused('run-owned', () => journal.acquire('r', 'c'));
      await journal.release(next);
      assert.equal((await journal.find('r'))?.owned, false);
    }),
    alone('refuses what was under way behind it', async (journal) => {
      const lease = await journal.create(start('r'), 'a');
      const last = async () => journal.append(lease, end('r', 1));
      const late = async () => refused('run-settled', () => journal.append(lease, end('r', 2)));
      await Promise.all([last(), late()]);
      assert.equal((await journal.read('r')).length, 2);
    }),
  ],
};
