import assert from 'node:assert/strict';
import type { Journal, PostedRequest, RunReply, RunRequest, RunRequests } from '@espalier/core';
import { alone, type JournalCase, type JournalGroup, shared } from '../journal-case.js';
import { start } from '../records.js';
import { refused } from '../refused.js';

const stop: RunRequest = { type: 'cancel', reason: 'no longer needed' };
const yes: RunRequest = { type: 'signal', name: 'approve', value: { ok: true }, node: 'pay', by: { user: 'ada' } };

/** Journals without requests have nothing to show here. */
const withRequests =
  (run: (journal: Journal, requests: RunRequests) => Promise<void>) =>
  async (journal: Journal): Promise<void> => {
    if (journal.requests !== undefined) await run(journal, journal.requests);
  };

const between = (
  name: string,
  run: (one: Journal, own: RunRequests, other: Journal, others: RunRequests) => Promise<void>,
): JournalCase =>
  shared(name, async (one, other) => {
    if (one.requests !== undefined && other.requests !== undefined) {
      await run(one, one.requests, other, other.requests);
    }
  });

/** Collects what it is called with, and waits until that is so much. */
function collector<T>() {
  const all: T[] = [];
  let wake: (() => void) | undefined;
  return {
    all,
    take(value: T): void {
      all.push(value);
      wake?.();
    },
    async has(count: number): Promise<void> {
      while (all.length < count) {
        await new Promise<void>((resolve) => {
          wake = resolve;
        });
      }
    },
  };
}

const plain = ({ runId, request }: PostedRequest) => ({ runId, request: { ...request } });

export const requests: JournalGroup = {
  name: 'R1 to R3: requests to the holder of a run, where the journal has them',
  cases: [
    alone(
      'tells the holder of requests, once',
      withRequests(async (journal, own) => {
        await journal.create(start('r'), 'a');
        const { all, take, has } = collector<PostedRequest>();
        const end = own.onRequest(take);
        await own.post('r', stop);
        await own.post('r', yes);
        await has(2);
        end();
        end();
        await own.post('r', stop);
        assert.deepEqual(all.map(plain), [
          { runId: 'r', request: stop },
          { runId: 'r', request: yes },
        ]);
      }),
    ),
    alone(
      'tells of what was asked before somebody listened, or held the run',
      withRequests(async (journal, own) => {
        await journal.create(start('held'), 'a');
        await journal.release(await journal.create(start('free'), 'a'));
        await own.post('free', stop);
        await own.post('held', stop);
        const { all, take, has } = collector<PostedRequest>();
        const end = own.onRequest(take);
        await has(1);
        assert.deepEqual(all.map(plain), [{ runId: 'held', request: stop }]);
        await journal.acquire('free', 'b');
        await has(2);
        end();
        assert.deepEqual(
          all.map(({ runId }) => runId),
          ['held', 'free'],
        );
      }),
    ),
    alone(
      'gives the first reply to who asked, whenever that one listens',
      withRequests(async (journal, own) => {
        await journal.create(start('r'), 'a');
        const id = await own.post('r', stop);
        const early = collector<RunReply>();
        own.onReply(id, early.take);
        await own.reply(id, {});
        await own.reply(id, { error: { name: 'Error', code: 'late', message: 'late', retryable: false } });
        await early.has(1);
        const late = collector<RunReply>();
        own.onReply(id, late.take);
        await late.has(1);
        assert.deepEqual(
          [...early.all, ...late.all].map((reply) => ({ ...reply })),
          [{}, {}],
        );
      }),
    ),
    alone(
      'tells nobody of what was withdrawn, and takes no reply to it amiss',
      withRequests(async (journal, own) => {
        await journal.release(await journal.create(start('r'), 'a'));
        const id = await own.post('r', stop);
        await own.withdraw(id);
        const { all, take, has } = collector<PostedRequest>();
        own.onRequest(take);
        await journal.acquire('r', 'b');
        await own.post('r', yes);
        await has(1);
        await own.reply(id, {});
        assert.deepEqual(all.map(plain), [{ runId: 'r', request: yes }]);
      }),
    ),
    alone(
      'knows no other runs',
      withRequests(async (_, own) => {
        await refused('run-unknown', () => own.post('nobody', stop));
      }),
    ),
    between('tells the holder, wherever it was asked, and brings the reply back', async (one, own, other, others) => {
      await one.create(start('ours'), 'a');
      await other.create(start('theirs'), 'b');
      const here = collector<PostedRequest>();
      const there = collector<PostedRequest>();
      own.onRequest(here.take);
      others.onRequest(there.take);
      const id = await others.post('ours', yes);
      await own.post('theirs', stop);
      await Promise.all([here.has(1), there.has(1)]);
      const both = [
        { runId: 'ours', request: yes },
        { runId: 'theirs', request: stop },
      ];
      // One store that is shared as it is holds the runs of all.
      assert.deepEqual(here.all.map(plain), one === other ? both : both.slice(0, 1));
      assert.deepEqual(there.all.map(plain), one === other ? both : both.slice(1));
      const replies = collector<RunReply>();
      others.onReply(id, replies.take);
      const error = { name: 'EspalierError', code: 'signal-invalid', message: 'no', retryable: false };
      await own.reply(here.all[0]?.id as string, { error });
      await replies.has(1);
      assert.deepEqual(replies.all[0]?.error, error);
    }),
  ],
};
