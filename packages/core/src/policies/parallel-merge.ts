import type { ObservableInput, OperatorFunction, Subscriber } from 'rxjs';
import { Observable } from 'rxjs/internal/Observable';
import { innerFrom } from 'rxjs/internal/observable/innerFrom';
import { createOperatorSubscriber } from 'rxjs/internal/operators/OperatorSubscriber';
import { checkOptions, wholeNumber } from './check.js';

/**
 * RxJS operator: like `mergeMap` it works on several values at once; like `concatMap` it emits their results in the
 * order of the source. Values of the source that find no place wait, and so do results that are ahead of others.
 *
 * @param project gives the results of one value
 * @param options.concurrency how many values are worked on at once. @default no limit @minimum 1
 * @example from([3, 1, 2]).pipe(parallelMerge((n) => timer(n * 100).pipe(map(() => n)))) // 3, 1, 2 after 300 ms
 */
export function parallelMerge<T, R>(
  project: (value: T, index: number) => ObservableInput<R>,
  options: { readonly concurrency?: number } = {},
): OperatorFunction<T, R> {
  checkOptions(options, 'parallelMerge', ['concurrency']);
  const { concurrency = Number.POSITIVE_INFINITY } = options;
  if (concurrency !== Number.POSITIVE_INFINITY) wholeNumber(concurrency, 'parallelMerge({ concurrency })', 1);
  return (source) =>
    new Observable<R>((subscriber) => {
      const merge = new ParallelMerge(project, concurrency, subscriber);
      source.subscribe(
        createOperatorSubscriber(
          subscriber,
          (value) => merge.take(value),
          () => merge.sourceDone(),
        ),
      );
    });
}

/** What one value of the source has given and not yet emitted. */
interface Place<R> {
  readonly results: R[];
  done: boolean;
}

/**
 * M1 Results are emitted value by value: all of the first, then all of the second, each in its own order.
 * M2 Neither starting nor emitting nests: whatever happens at once, also from within, the outermost call does it all.
 */
class ParallelMerge<T, R> {
  readonly #project: (value: T, index: number) => ObservableInput<R>;
  readonly #concurrency: number;
  readonly #subscriber: Subscriber<R>;
  /** From `#head` on: shifting a long array costs its length each time. */
  #waiting: T[] = [];
  #head = 0;
  /** Of the values that have started and whose results have not all been emitted, by index. */
  readonly #places = new Map<number, Place<R>>();
  #started = 0;
  #turn = 0;
  #active = 0;
  #sourceDone = false;
  #emitting = false;
  #starting = false;

  constructor(
    project: (value: T, index: number) => ObservableInput<R>,
    concurrency: number,
    subscriber: Subscriber<R>,
  ) {
    this.#project = project;
    this.#concurrency = concurrency;
    this.#subscriber = subscriber;
  }

  take(value: T): void {
    this.#waiting.push(value);
    this.#startWaiting();
  }

  sourceDone(): void {
    this.#sourceDone = true;
    this.#finishIfDone();
  }

  #startWaiting(): void {
    if (this.#starting) return;
    this.#starting = true;
    while (this.#head < this.#waiting.length && this.#active < this.#concurrency && !this.#subscriber.closed) {
      this.#start(this.#waiting[this.#head++] as T);
    }
    if (this.#head === this.#waiting.length || this.#head > 1000) {
      this.#waiting = this.#waiting.slice(this.#head);
      this.#head = 0;
    }
    this.#starting = false;
    this.#finishIfDone();
  }

  #start(value: T): void {
    const index = this.#started++;
    const place: Place<R> = { results: [], done: false };
    this.#places.set(index, place);
    this.#active += 1;
    const next = (result: R): void => {
      place.results.push(result);
      if (index === this.#turn) this.#emit();
    };
    const complete = (): void => {
      place.done = true;
      this.#active -= 1;
      if (index === this.#turn) this.#emit();
      this.#startWaiting();
    };
    innerFrom(this.#project(value, index)).subscribe(createOperatorSubscriber(this.#subscriber, next, complete));
  }

  /** Emits what is no longer ahead of its turn. */
  #emit(): void {
    if (this.#emitting) return;
    this.#emitting = true;
    for (let place = this.#places.get(this.#turn); place !== undefined; place = this.#places.get(this.#turn)) {
      // More may come while it emits.
      for (let at = 0; at < place.results.length; at++) this.#subscriber.next(place.results[at] as R);
      place.results.length = 0;
      if (!place.done) break;
      this.#places.delete(this.#turn);
      this.#turn += 1;
    }
    this.#emitting = false;
    this.#finishIfDone();
  }

  #finishIfDone(): void {
    if (this.#sourceDone && this.#places.size === 0 && this.#head === this.#waiting.length) this.#subscriber.complete();
  }
}
