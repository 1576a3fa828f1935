import type { Clock } from '../clock/clock.js';
import type { Engine } from '../engine/engine.js';
import { deserializeError, EspalierError } from '../errors/espalier-error.js';
import type { RunRequest, RunRequests } from '../journal/run-requests.js';

/** How long the process that holds a run may take to reply, and how often it is looked for. In milliseconds. */
const PATIENCE = 30_000;
const LOOK = 500;

/**
 * Asks the process that holds a run, and waits for its reply.
 *
 * @returns false where nobody holds the run any more: nothing was done, unless the process ended while it did it
 * @throws what the holder has replied; request-unanswered
 */
export async function askHolder(
  engine: Engine,
  requests: RunRequests,
  clock: Clock,
  { runId, request }: { readonly runId: string; readonly request: RunRequest },
): Promise<boolean> {
  const id = await requests.post(runId, request);
  try {
    const reply = await replyOf(requests, clock, id, async () => (await engine.find(runId))?.owned === true);
    if (reply === 'unheld') return false;
    if (reply === undefined) throw unanswered(runId, request);
    if (reply.error !== undefined) throw deserializeError(reply.error);
    return true;
  } finally {
    await withdraw(requests, id);
  }
}

/** One that stays is found to be done, by whoever holds the run next: what has become of it is what to tell. */
async function withdraw(requests: RunRequests, id: string): Promise<void> {
  try {
    await requests.withdraw(id);
  } catch {
    // The store forgets it by itself, or has failed for more than this.
  }
}

type Reply = Parameters<Parameters<RunRequests['onReply']>[1]>[0];

/**
 * Whoever has done what was asked may give the run back before the reply is there: one more look is waited for it.
 * @returns the reply; nothing where there is none in time
 */
function replyOf(
  requests: RunRequests,
  clock: Clock,
  id: string,
  isHeld: () => Promise<boolean>,
): Promise<Reply | 'unheld' | undefined> {
  return new Promise((resolve, reject) => {
    const until = clock.now() + PATIENCE;
    let cancel = (): void => {};
    let stop = (): void => {};
    let isOver = false;
    let wasHeld = true;
    const settle = (act: () => void): void => {
      if (isOver) return;
      isOver = true;
      cancel();
      stop();
      act();
    };
    const lookAgain = (): void => {
      if (!isOver) cancel = clock.setTimer(LOOK, look);
    };
    const look = (): void => {
      const isLate = clock.now() >= until;
      isHeld().then(
        (held) => {
          if (!held && !wasHeld) settle(() => resolve('unheld'));
          else if (isLate) settle(() => resolve(undefined));
          wasHeld = held;
          lookAgain();
        },
        (error: unknown) => {
          if (isLate) settle(() => reject(error));
          lookAgain();
        },
      );
    };
    const ending = requests.onReply(id, (reply) => settle(() => resolve(reply)));
    stop = ending;
    if (isOver) stop();
    else cancel = clock.setTimer(LOOK, look);
  });
}

const unanswered = (runId: string, request: RunRequest): EspalierError =>
  new EspalierError(
    'request-unanswered',
    `Run '${runId}' is held by another process, which did not take the ${nameOf(request)} within ${PATIENCE / 1000} s.`,
    {
      hint: 'See whether that process is well. Look at the events of the run before you try again: it may have been taken late.',
      where: { runId },
      retryable: true,
    },
  );

const nameOf = (request: RunRequest): string =>
  request.type === 'signal' ? `signal '${request.name}'` : 'cancellation';
