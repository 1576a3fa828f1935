import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { from, lastValueFrom, NEVER, of, range, Subject, take, throwError, timer, toArray } from 'rxjs';
import { map } from 'rxjs/operators';
import { marbles } from '../../test/marbles.js';
import { parallelMerge } from './parallel-merge.js';

describe('parallelMerge', () => {
  it('works on all values at once and emits results in the order of the source', () => {
    marbles(({ cold, hot, expectObservable }) => {
      const inner: Record<string, string> = { a: '-----1|', b: '-2-3|', c: '4|' };
      const result = hot('abc|').pipe(parallelMerge((name: string) => cold(inner[name] as string)));
      expectObservable(result).toBe('-----1(234|)');
    });
  });

  it('works on no more values than there are places', () => {
    marbles(({ cold, expectObservable, expectSubscriptions }) => {
      const first = cold('---a|');
      const second = cold('-b|');
      const third = cold('c|');
      const result = cold('(012|)').pipe(
        parallelMerge((index: string) => [first, second, third][Number(index)] as typeof first, { concurrency: 2 }),
      );
      expectObservable(result).toBe('---a(bc|)');
      expectSubscriptions(first.subscriptions).toBe('^---!');
      expectSubscriptions(second.subscriptions).toBe('^-!');
      expectSubscriptions(third.subscriptions).toBe('--^!');
    });
  });

  it('stops everything at the first error, and when it is unsubscribed', () => {
    marbles(({ cold, expectObservable, expectSubscriptions }) => {
      const slow = cold('-----a|');
      const bad = cold('--#');
      const merge = (...sources: (typeof slow)[]) => of(...sources).pipe(parallelMerge((source) => source));
      expectObservable(merge(slow, bad)).toBe('--#');
      expectObservable(merge(slow, cold('-b|')), '^--!').toBe('');
      expectSubscriptions(slow.subscriptions).toBe(['^-!', '^--!']);
    });
  });

  it('fails with the error of the source, and with what project throws', () => {
    const errors: unknown[] = [];
    const note = { error: (error: unknown) => errors.push(error) };
    throwError(() => 'source')
      .pipe(parallelMerge(() => NEVER))
      .subscribe(note);
    const project = (value: number) => {
      if (value === 2) throw new TypeError('a bug');
      return of(value);
    };
    of(1, 2, 3).pipe(parallelMerge(project)).subscribe(note);
    const later = new Subject<number>();
    from([later, 2] as const)
      .pipe(parallelMerge((value) => (typeof value === 'number' ? project(value) : value), { concurrency: 1 }))
      .subscribe(note);
    later.complete();
    expect(errors).toEqual(['source', new TypeError('a bug'), new TypeError('a bug')]);
  });

  it('passes index and value, and takes whatever can be made an observable', async () => {
    const seen = from(['a', 'b']).pipe(
      parallelMerge(async (value, index) => `${index}${value}`),
      toArray(),
    );
    expect(await lastValueFrom(seen)).toEqual(['0a', '1b']);
    expect(
      await lastValueFrom(
        of(1).pipe(
          parallelMerge(() => [1, 2]),
          toArray(),
        ),
      ),
    ).toEqual([1, 2]);
  });

  it('ends at once where there is nothing to do', () => {
    marbles(({ cold, expectObservable }) => {
      expectObservable(cold('--|').pipe(parallelMerge(() => of(1)))).toBe('--|');
    });
  });

  it.each([1, 3, Number.POSITIVE_INFINITY])(
    'takes 100,000 synchronous values without a deeper stack: concurrency %p',
    async (concurrency) => {
      const sum = await lastValueFrom(
        range(0, 100_000).pipe(
          parallelMerge((n) => of(n), { concurrency }),
          toArray(),
        ),
      );
      expect(sum.length).toBe(100_000);
      expect(sum.every((value, index) => value === index)).toBe(true);
    },
  );

  it('lets 100,000 values wait for a place, and for their turn', () => {
    const first = new Subject<number>();
    const seen: number[] = [];
    const gate = (concurrency: number) =>
      range(0, 100_000).pipe(parallelMerge((n) => (n === 0 ? first : of(n)), { concurrency }));
    gate(1).subscribe((n) => seen.push(n));
    gate(2).subscribe((n) => seen.push(n));
    expect(seen).toEqual([]);
    first.complete();
    expect(seen.length).toBe(2 * 99_999);
  });

  it('keeps the order when emitting makes more happen', () => {
    const sources = [new Subject<string>(), new Subject<string>()] as const;
    const seen: string[] = [];
    of(0, 1)
      .pipe(parallelMerge((index) => sources[index as 0 | 1]))
      .subscribe({
        next: (value) => {
          seen.push(value);
          if (value === 'b1') {
            sources[1].next('b3');
            sources[1].complete();
          }
        },
        complete: () => seen.push('|'),
      });
    sources[1].next('b1');
    sources[1].next('b2');
    sources[0].next('a');
    sources[0].complete();
    expect(seen).toEqual(['a', 'b1', 'b2', 'b3', '|']);
  });

  it('stops a synchronous source without end', async () => {
    const some = range(0, Number.POSITIVE_INFINITY).pipe(
      parallelMerge((n) => of(n)),
      take(2),
      toArray(),
    );
    expect(await lastValueFrom(some)).toEqual([0, 1]);
  });

  it('gives what concatMap gives, never more at once than allowed (property)', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.nat(6), { maxLength: 15 }),
        fc.integer({ min: 1, max: 4 }),
        async (times, concurrency) => {
          let active = 0;
          let most = 0;
          const results = from(times).pipe(
            parallelMerge(
              (time, index) => {
                most = Math.max(most, ++active);
                return timer(time).pipe(
                  map(() => {
                    active -= 1;
                    return index;
                  }),
                );
              },
              { concurrency },
            ),
            toArray(),
          );
          expect(await lastValueFrom(results)).toEqual(times.map((_, index) => index));
          expect(most).toBe(Math.min(concurrency, times.length));
        },
      ),
      { numRuns: 20 },
    );
  });

  it.each([0, 1.5, Number.NaN, '2'])('refuses a concurrency of %p', (concurrency) => {
    expect(() => parallelMerge(() => of(1), { concurrency: concurrency as number })).toThrow(
      'parallelMerge({ concurrency }): expected a whole number from 1, got',
    );
    expect(() => parallelMerge(() => of(1), 2 as never)).toThrow(
      'parallelMerge: expected options { concurrency }, got 2 (number).',
    );
  });
});
