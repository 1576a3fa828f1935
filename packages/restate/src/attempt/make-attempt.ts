import { type Clock, type EngineHost, EspalierError, serializeError } from '@espalier/core';
import { type Context, type internal, RestatePromise } from '@restatedev/restate-sdk';
import type { AttemptOrder, AttemptReply, TimedRecord } from '../wire.js';
import { LiveAttempt, type LiveEnding } from './live-attempt.js';

/** The worker that makes attempts. */
export interface Worker {
  readonly runtime: EngineHost;
  readonly clock: Clock;
  readonly owner: string;
}

/** How long an attempt that records nothing is waited for before the journal hears of it, in milliseconds. */
const SOON = 5;

/**
 * Makes one attempt in one invocation. The code of agents may do what it likes, in any order, so it never touches the context:
 * the journal of the invocation is a list of batches of records, and nothing else. A replay first takes the batches that it
 * has; only where there is no further one does the attempt begin, with all of them as its history.
 */
export async function makeAttempt(worker: Worker, context: Context, order: AttemptOrder): Promise<AttemptReply> {
  const kept: TimedRecord[] = [];
  const ending = Promise.withResolvers<LiveEnding>();
  let live: LiveAttempt | undefined;
  const begin = (): LiveAttempt => {
    if (live !== undefined) return live;
    live = new LiveAttempt(worker.runtime, order, [...order.records, ...kept], worker.clock, worker.owner);
    live.ended.then(ending.resolve);
    return live;
  };
  const reply = (ended: LiveEnding): AttemptReply => ({
    time: worker.clock.now(),
    records: [...kept, ...(live?.rest ?? [])],
    ...ended,
  });
  const { attemptCompletedSignal } = context.request();
  attemptCompletedSignal.addEventListener('abort', () => live?.leave(), { once: true });
  if ((context as internal.ContextInternal).isProcessing()) {
    const ended = await endedSoon(begin(), worker.clock); // most code is done by then, and costs no entry in the journal
    if (ended !== undefined) return reply(ended);
  }
  const cancelled = (context as internal.ContextInternal).cancellation().map(() => undefined);
  for (;;) {
    const batch = context.run('records', () => begin().next());
    const taken = RestatePromise.race([batch, cancelled]).map((records) => ({ records }));
    const next = await Promise.race([taken, ending.promise.then((ended) => ({ ended }))]);
    if ('ended' in next) return reply(next.ended);
    if (next.records === undefined) {
      const reason = cancelledHere(order);
      if (live === undefined) return reply({ result: { error: serializeError(reason) } });
      live.abort(reason);
      return reply(await ending.promise);
    }
    kept.push(...next.records);
  }
}

async function endedSoon(live: LiveAttempt, clock: Clock): Promise<LiveEnding | undefined> {
  let cancel = (): void => {};
  const soon = new Promise<undefined>((resolve) => {
    cancel = clock.setTimer(SOON, () => resolve(undefined));
  });
  const ended = await Promise.race([live.ended, soon]);
  cancel();
  return ended;
}

const cancelledHere = ({ request: { runId, node } }: AttemptOrder): EspalierError =>
  new EspalierError('run-cancelled', `The attempt of node '${node}' was cancelled by its run.`, {
    where: { runId, node },
  });
