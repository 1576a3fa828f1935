import type { ObservableInput, OperatorFunction } from 'rxjs';
import { Observable } from 'rxjs/internal/Observable';
import { innerFrom } from 'rxjs/internal/observable/innerFrom';
import { wholeNumber } from './check.js';

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
  const { concurrency = Number.POSITIVE_INFINITY } = options;
  if (concurrency !== Number.POSITIVE_INFINITY) wholeNumber(concurrency, 'parallelMerge({ concurrency })', 1);
  return (source) =>
    new Observable<R>((subscriber) => {
      const waiting: T[] = [];
      /** Results that are ahead of their turn, by index; a finished value keeps its place until its turn. */
      const ahead = new Map<number, { readonly results: R[]; done: boolean }>();
      let started = 0;
      let turn = 0;
      let active = 0;
      let sourceDone = false;

      const advance = (): void => {
        for (let place = ahead.get(turn); place !== undefined; place = ahead.get(turn)) {
          for (const result of place.results.splice(0)) subscriber.next(result);
          if (!place.done) return;
          ahead.delete(turn);
          turn += 1;
        }
      };
      const finishIfDone = (): void => {
        if (sourceDone && active === 0 && waiting.length === 0) subscriber.complete();
      };
      const start = (value: T): void => {
        const index = started++;
        const place = { results: [] as R[], done: false };
        ahead.set(index, place);
        active += 1;
        subscriber.add(
          innerFrom(project(value, index)).subscribe({
            next: (result) => {
              if (index === turn) subscriber.next(result);
              else place.results.push(result);
            },
            error: (error: unknown) => subscriber.error(error),
            complete: () => {
              place.done = true;
              active -= 1;
              if (index === turn) advance();
              pump();
            },
          }),
        );
      };
      // Values that are done at once would recurse: the outermost call starts all of them.
      let pumping = false;
      const pump = (): void => {
        if (pumping) return;
        pumping = true;
        while (waiting.length > 0 && active < concurrency && !subscriber.closed) start(waiting.shift() as T);
        pumping = false;
        finishIfDone();
      };
      subscriber.add(
        source.subscribe({
          next: (value) => {
            waiting.push(value);
            pump();
          },
          error: (error: unknown) => subscriber.error(error),
          complete: () => {
            sourceDone = true;
            finishIfDone();
          },
        }),
      );
    });
}
