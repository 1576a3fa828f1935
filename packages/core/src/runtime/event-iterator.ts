import type { Observable } from 'rxjs';
import { Subscription } from 'rxjs/internal/Subscription';
import { EspalierError } from '../errors/espalier-error.js';
import type { Event } from '../events/event.js';

/** How many events may wait for a slow reader. */
const LIMIT = 100_000;

/** Events as an async iterator. A reader that falls further behind than the limit gets `events-overflow`. */
export function iterateEvents(events$: Observable<Event>, limit = LIMIT): AsyncIterableIterator<Event, undefined> {
  return new EventIterator(events$, limit);
}

type Result = IteratorResult<Event, undefined>;

/**
 * I1 It listens from the first `next()` on, until the events end, or the reader leaves or falls too far behind.
 * I2 What comes while the reader waits is not counted, however much comes at once: it had no chance to take it. Nor is
 *    what was on record when it began.
 * I3 `return()` ends a `next()` that waits: a reader of a run that rests can leave.
 */
class EventIterator implements AsyncIterableIterator<Event, undefined> {
  readonly #events$: Observable<Event>;
  readonly #limit: number;
  #subscription: Subscription | undefined;
  /** What waits for the reader, from `#head` on: shifting a long array costs its length each time. */
  #waiting: Event[] = [];
  #head = 0;
  /** How many of those came while the reader was busy. */
  #behind = 0;
  #idle = true;
  #sleepers: (() => void)[] = [];
  #end: { readonly fault?: unknown } | undefined;

  constructor(events$: Observable<Event>, limit: number) {
    this.#events$ = events$;
    this.#limit = limit;
  }

  [Symbol.asyncIterator](): this {
    return this;
  }

  async next(): Promise<Result> {
    if (this.#subscription === undefined) this.#listen();
    while (this.#head === this.#waiting.length && this.#end === undefined) {
      this.#idle = true;
      await new Promise<void>((resolve) => this.#sleepers.push(resolve));
    }
    this.#idle = false;
    const value = this.#waiting[this.#head];
    if (value !== undefined) {
      this.#take();
      return { done: false, value };
    }
    const end = this.#end;
    this.#end = {};
    if (end !== undefined && 'fault' in end) throw end.fault;
    return { done: true, value: undefined };
  }

  async return(): Promise<Result> {
    this.#forget();
    this.#end = {};
    this.#stop();
    return { done: true, value: undefined };
  }

  #listen(): void {
    this.#subscription = new Subscription();
    this.#subscription.add(
      this.#events$.subscribe({
        next: (event) => this.#put(event),
        error: (fault: unknown) => this.#finish({ fault }),
        complete: () => this.#finish({}),
      }),
    );
  }

  #put(event: Event): void {
    if (!this.#idle && ++this.#behind > this.#limit) {
      this.#finish({ fault: overflow(event.runId, this.#limit) });
      return;
    }
    this.#waiting.push(event);
    this.#rouse();
  }

  #take(): void {
    this.#head += 1;
    if (this.#head === this.#waiting.length) this.#forget();
  }

  #forget(): void {
    this.#waiting = [];
    this.#head = 0;
    this.#behind = 0;
  }

  #finish(end: { readonly fault?: unknown }): void {
    this.#end ??= end;
    this.#stop();
  }

  #stop(): void {
    this.#subscription ??= new Subscription();
    this.#subscription.unsubscribe();
    this.#rouse();
  }

  #rouse(): void {
    const sleepers = this.#sleepers;
    if (sleepers.length === 0) return;
    this.#sleepers = [];
    for (const wake of sleepers) wake();
  }
}

const overflow = (runId: string, limit: number): EspalierError =>
  new EspalierError('events-overflow', `A reader of run '${runId}' is ${limit} events behind.`, { where: { runId } });
