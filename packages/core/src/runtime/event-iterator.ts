import type { Observable } from 'rxjs';
import { Subscription } from 'rxjs/internal/Subscription';
import { EspalierError } from '../errors/espalier-error.js';
import type { Event } from '../events/event.js';

/** How many live events may wait for a slow reader. Those on record when it began are not counted. */
const LIMIT = 100_000;

/** Events as an async iterator. A reader that falls further behind than the limit gets `events-overflow`. */
export async function* iterateEvents(
  events$: Observable<Event>,
  limit = LIMIT,
): AsyncGenerator<Event, void, undefined> {
  let waiting: Event[] = [];
  let ended = false;
  let error: unknown;
  let wake: (() => void) | undefined;
  let live = false;
  const subscription = new Subscription();
  const reader = events$.subscribe({
    next: (event) => {
      if (live && waiting.length >= limit) {
        subscription.unsubscribe();
        end(
          new EspalierError('events-overflow', `A reader of run '${event.runId}' is ${limit} events behind.`, {
            where: { runId: event.runId },
          }),
        );
        return;
      }
      waiting.push(event);
      wake?.();
    },
    error: (fault: unknown) => end(fault),
    complete: () => end(undefined),
  });
  subscription.add(reader);
  live = true;
  function end(fault: unknown): void {
    ended = true;
    error = fault;
    wake?.();
  }
  try {
    for (;;) {
      const batch = waiting;
      waiting = [];
      yield* batch;
      if (waiting.length > 0) continue;
      if (ended) break;
      await new Promise<void>((resolve) => {
        wake = resolve;
      });
      wake = undefined;
    }
    if (error !== undefined) throw error;
  } finally {
    subscription.unsubscribe();
  }
}
