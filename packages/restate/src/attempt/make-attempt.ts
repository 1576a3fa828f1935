import { type Clock, type EngineHost, EspalierError } from '@espalier/core';
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
 *
 * M1 The invocation ends with a batch that says so: whatever it was doing when its worker died, a replay finds the same end.
 * M2 Code that is done at once and records nothing has no journal. Should its worker die between its reply and the end of the
 *    invocation, that cannot be replayed: the invocation fails, and the run has the attempt made again.
 */
export async function makeAttempt(worker: Worker, context: Context, order: AttemptOrder): Promise<AttemptReply> {
  const kept: TimedRecord[] = [];
  const { isProcessing, cancellation } = signalsOf(context);
  let live: LiveAttempt | undefined;
  /** Nothing once it has come. */
  let cancelled: RestatePromise<undefined> | undefined = cancellation();
  const begin = (): LiveAttempt => {
    if (live !== undefined) return live;
    live = new LiveAttempt(worker.runtime, order, [...order.records, ...kept], worker.clock, worker.owner);
    if (cancelled === undefined) live.abort(cancelledHere(order));
    return live;
  };
  context.request().attemptCompletedSignal.addEventListener('abort', () => live?.leave(), { once: true });
  if (isProcessing) {
    const ended = await endedSoon(begin(), worker.clock);
    if (ended !== undefined) return { time: worker.clock.now(), records: live?.rest ?? [], ...ended };
  }
  for (;;) {
    const batch = context.run('records', () => begin().next());
    let next = await (cancelled === undefined ? batch : RestatePromise.race([batch, cancelled]));
    if (next === undefined) {
      cancelled = undefined;
      live?.abort(cancelledHere(order));
      next = await batch; // it is to say what it has used
    }
    kept.push(...next.records);
    if (next.ended !== undefined) return { records: kept, ...next.ended };
  }
}

/** What the context of the SDK tells besides what it does. */
function signalsOf(context: Context): { readonly isProcessing: boolean; cancellation(): RestatePromise<undefined> } {
  const inside = context as internal.ContextInternal;
  return {
    isProcessing: inside.isProcessing(),
    cancellation: () => inside.cancellation().map(() => undefined),
  };
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
