import { describe, expect, it } from '@jest/globals';
import { of, throwError } from 'rxjs';
import { marbles } from '../../test/marbles.js';
import { policyEnv } from '../../test/policy-env.js';
import type { ErrorCode } from '../errors/codes.js';
import { EspalierError } from '../errors/espalier-error.js';
import { fallbackPolicy, withFallback } from './fallback.js';

describe('withFallback', () => {
  it('goes on with another source where this one fails', () => {
    marbles(({ cold, expectObservable, expectSubscriptions }) => {
      const source = cold('-a-#');
      const other = cold('--b|');
      expectObservable(source.pipe(withFallback(() => other))).toBe('-a---b|');
      expectSubscriptions(source.subscriptions).toBe('^--!');
      expectSubscriptions(other.subscriptions).toBe('---^--!');
    });
  });

  it('stays out of the way of success', () => {
    marbles(({ cold, expectObservable }) => {
      expectObservable(cold('-a|').pipe(withFallback(() => of('never')))).toBe('-a|');
    });
  });

  it('stops the other source when it is unsubscribed', () => {
    marbles(({ cold, expectObservable, expectSubscriptions }) => {
      const other = cold('----b|');
      expectObservable(cold('#').pipe(withFallback(() => other)), '^--!').toBe('');
      expectSubscriptions(other.subscriptions).toBe('^--!');
    });
  });

  it('fails with the error of the other, or of choosing it', () => {
    const errorOf = (other: () => never): unknown => {
      let seen: unknown;
      throwError(() => 'first')
        .pipe(withFallback(other))
        .subscribe({
          error: (error) => {
            seen = error;
          },
        });
      return seen;
    };
    expect(errorOf(() => throwError(() => 'second') as never)).toBe('second');
    expect(
      errorOf(() => {
        throw 'choosing';
      }),
    ).toBe('choosing');
  });

  it.each<ErrorCode>(['budget-exceeded', 'run-cancelled', 'run-timed-out', 'run-parked', 'run-fenced', 'run-settled'])(
    'does not catch %s, also as a cause',
    (code) => {
      const final = new EspalierError(code, 'stop');
      for (const error of [
        final,
        new EspalierError('retry-exhausted', 'x', { cause: final }),
        new Error('x', { cause: final }),
      ]) {
        const seen: unknown[] = [];
        throwError(() => error)
          .pipe(withFallback(() => of('no')))
          .subscribe({ next: (v) => seen.push(v), error: (e) => seen.push(e) });
        expect(seen).toEqual([error]);
      }
    },
  );

  it('is not caught in a circle of causes', () => {
    const first = new Error('first');
    const second = new EspalierError('retry-exhausted', 'second', { cause: first });
    first.cause = second;
    const seen: unknown[] = [];
    throwError(() => second)
      .pipe(withFallback(() => of('other')))
      .subscribe((value) => seen.push(value));
    expect(seen).toEqual(['other']);
  });
});

describe('@Fallback', () => {
  class Other {
    run(): string {
      return 'other';
    }
  }

  it('asks the node to run the other agent, with the error', () => {
    const asked: unknown[] = [];
    const env = policyEnv({
      runAgent: (agent, error) => {
        asked.push(agent, error);
        return of('other');
      },
    });
    const seen: unknown[] = [];
    fallbackPolicy(Other)
      .apply(
        throwError(() => 'broken'),
        env,
      )
      .subscribe((value) => seen.push(value));
    expect([asked, seen]).toEqual([[Other, 'broken'], ['other']]);
  });

  it('names the agent in plans', () => {
    expect(fallbackPolicy(Other)).toMatchObject({ kind: 'fallback', agent: Other, options: { agent: 'Other' } });
    expect(fallbackPolicy(undefined as never).options).toEqual({ agent: null });
  });
});
