import { describe, expect, it } from '@jest/globals';
import { concat, defer, EMPTY, lastValueFrom, range, take, throwError, toArray } from 'rxjs';
import { marbles } from '../../test/marbles.js';
import { policyEnv } from '../../test/policy-env.js';
import { EspalierError } from '../errors/espalier-error.js';
import { exponential, fixed } from './backoff.js';
import { isRetryable, type RetryOptions, retryPolicy, retryWithBackoff } from './retry.js';

const failing = (error: unknown) => throwError(() => error);

describe('retryWithBackoff', () => {
  it('subscribes again after a pause, and goes on with what then comes', () => {
    marbles(({ cold, expectObservable, expectSubscriptions, clock }) => {
      const source = cold('-a-#');
      const result = source.pipe(retryWithBackoff({ attempts: 2, backoff: '4ms', clock }));
      const failure = new EspalierError('retry-exhausted', 'All 2 attempts failed; the last one: error');
      expectObservable(result).toBe('-a------a-#', undefined, failure);
      expectSubscriptions(source.subscriptions).toBe(['^--!', '-------^--!']);
    });
  });

  it('ends with the source', () => {
    marbles(({ cold, expectObservable, clock }) => {
      expectObservable(cold('-a-b|').pipe(retryWithBackoff({ attempts: 3, clock }))).toBe('-a-b|');
    });
  });

  it('leaves nothing behind when it is unsubscribed while the source runs, or during a pause', () => {
    marbles(({ cold, expectObservable, expectSubscriptions, clock }) => {
      const source = cold('--#');
      const result = source.pipe(retryWithBackoff({ attempts: 9, backoff: 5, clock }));
      expectObservable(result, '^!').toBe('--');
      expectObservable(result, '^---!').toBe('-----');
      expectObservable(result, '^-------!').toBe('-----');
      expectSubscriptions(source.subscriptions).toBe(['^!', '^-!', '^-!', '-------^!']);
    });
  });

  it('waits as long as the error, or its cause, asks', () => {
    marbles(({ cold, expectSubscriptions, flush, clock }) => {
      const asks = (retryAfter: unknown) => Object.assign(new Error('busy'), { details: { retryAfter } });
      const source = cold('#', undefined, new Error('wrapped', { cause: asks(7) }));
      source.pipe(retryWithBackoff({ attempts: 2, backoff: 2, clock })).subscribe({ error: () => {} });
      const odd = cold('#', undefined, asks(Number.POSITIVE_INFINITY));
      odd.pipe(retryWithBackoff({ attempts: 2, backoff: 2, clock })).subscribe({ error: () => {} });
      flush();
      expectSubscriptions(source.subscriptions).toBe(['(^!)', '-------(^!)']);
      expectSubscriptions(odd.subscriptions).toBe(['(^!)', '--(^!)']);
    });
  });

  it('does not wait longer than allowed, nor try earlier than asked: it fails at once and says so', () => {
    const asks = (retryAfter: number) => Object.assign(new Error('slow down'), { details: { retryAfter } });
    const rejectedBy = async (options: Partial<RetryOptions>, retryAfter: number) => {
      const { clock } = policyEnv();
      const error = asks(retryAfter);
      const source = failing(error).pipe(retryWithBackoff({ attempts: 2, backoff: 0, clock, ...options }));
      const rejection = lastValueFrom(source).catch((reason: EspalierError) => reason);
      const waited = await clock.runAll();
      return { waited, error: (await rejection) as EspalierError, cause: error };
    };
    return Promise.all([
      rejectedBy({}, 120_000).then(({ waited, error }) => {
        expect([waited, error.code]).toEqual([120_000, 'retry-exhausted']);
      }),
      rejectedBy({}, 86_400_000).then(({ waited, error, cause }) => {
        expect(waited).toBe(0);
        expect(error).toMatchObject({
          code: 'retry-too-late',
          message:
            'Attempt 1 failed and asks to wait 86400000 ms before the next; at most 120000 ms are allowed: slow down',
          hint: 'Add a @Fallback, or write @Retry({ maxRetryAfter: 86400000 }) to wait that long.',
          details: { retryAfter: 86_400_000, maxRetryAfter: 120_000 },
          retryable: false,
          cause,
        });
      }),
      rejectedBy({ maxRetryAfter: '1 day' }, 86_400_000).then(({ waited, error }) => {
        expect([waited, error.code]).toEqual([86_400_000, 'retry-exhausted']);
      }),
      rejectedBy({ maxRetryAfter: 0 }, 1).then(({ waited, error }) => {
        expect([waited, error.code]).toEqual([0, 'retry-too-late']);
      }),
    ]);
  });

  it('passes an error that is not retryable as it is', () => {
    const error = new EspalierError('budget-exceeded', 'spent');
    marbles(({ cold, expectObservable, clock }) => {
      expectObservable(cold('-#', undefined, error).pipe(retryWithBackoff({ attempts: 3, clock }))).toBe(
        '-#',
        undefined,
        error,
      );
    });
    expect(isRetryable(error)).toBe(false);
    expect(isRetryable(new EspalierError('timeout', 'late'))).toBe(true);
    expect(isRetryable(Object.assign(new Error('x'), { retryable: false }))).toBe(false);
    expect(['oops', null, undefined, new Error('x')].every(isRetryable)).toBe(true);
  });

  it('stops a synchronous source that has no end', async () => {
    const endless = range(0, Number.POSITIVE_INFINITY).pipe(retryWithBackoff({ attempts: 2 }), take(3), toArray());
    await expect(lastValueFrom(endless)).resolves.toEqual([0, 1, 2]);
  });

  it('takes 10,000 values and 10,000 failures at once without a deeper stack', async () => {
    const values = range(0, 10_000).pipe(retryWithBackoff({ attempts: 2 }), toArray());
    expect(await lastValueFrom(values)).toHaveLength(10_000);
    const { clock } = policyEnv();
    let attempts = 0;
    const source = defer(() => {
      attempts += 1;
      return failing(new Error('x'));
    });
    const failed: unknown[] = [];
    source.pipe(retryWithBackoff({ attempts: 1000, backoff: 0, clock })).subscribe({ error: (e) => failed.push(e) });
    await clock.advance(0);
    expect([attempts, failed.length, clock.pending]).toEqual([1000, 1, 0]);
  });

  it('gives what retryIf or the backoff throws to the subscriber', () => {
    const errorOf = (options: RetryOptions): unknown => {
      let seen: unknown;
      failing(new Error('x'))
        .pipe(retryWithBackoff({ ...options, clock: policyEnv().clock }))
        .subscribe({
          error: (e) => {
            seen = e;
          },
        });
      return seen;
    };
    const bug = new TypeError('a bug');
    const broken = () => {
      throw bug;
    };
    expect(errorOf({ attempts: 2, retryIf: broken })).toMatchObject({
      code: 'condition-failed',
      message: '@Retry({ retryIf }) threw: a bug',
      cause: bug,
    });
    expect(errorOf({ attempts: 2, backoff: { ...fixed(1), delay: broken } })).toBe(bug);
    expect(errorOf({ attempts: 2, backoff: { ...fixed(1), delay: () => Number.NaN } })).toMatchObject({
      code: 'policy-invalid',
      message: '@Retry({ backoff }): expected a delay from 0 in milliseconds, got NaN (number).',
    });
  });
});

describe('@Retry', () => {
  it('tells of each retry, with jitter from the given random number', async () => {
    const env = policyEnv({ random: 0.5 });
    const policy = retryPolicy({ attempts: 3, backoff: exponential(100) });
    const errors: unknown[] = [];
    policy.apply(env.counted(failing(new Error('no'))), env).subscribe({ error: (error) => errors.push(error) });
    await env.clock.runAll();
    expect(env.retries).toEqual([
      [1, 50],
      [2, 100],
    ]);
    expect(errors).toMatchObject([
      {
        code: 'retry-exhausted',
        message: 'All 3 attempts failed; the last one: no',
        where: { node: 'n' },
        retryable: false,
      },
    ]);
  });

  it('counts attempts that were made before a restart', () => {
    const env = { ...policyEnv(), attempt: () => 3 };
    const errors: unknown[] = [];
    retryPolicy(3)
      .apply(failing('no'), env)
      .subscribe({ error: (error) => errors.push(error) });
    expect(errors).toMatchObject([{ code: 'retry-exhausted', cause: 'no' }]);
  });

  it('does not wrap the error of a single attempt', () => {
    const env = policyEnv();
    const error = new Error('no');
    const errors: unknown[] = [];
    retryPolicy(1)
      .apply(env.counted(failing(error)), env)
      .subscribe({ error: (e) => errors.push(e) });
    expect(errors).toEqual([error]);
  });

  it('asks retryIf alone where it is given', async () => {
    const env = policyEnv();
    const policy = retryPolicy({ attempts: 5, backoff: 1, retryIf: (error) => error === 'again' });
    const source = concat(EMPTY, failing('again'));
    let tries = 0;
    const errors: unknown[] = [];
    const changing = defer(() => (++tries < 3 ? source : failing('enough')));
    policy.apply(env.counted(changing), env).subscribe({ error: (e) => errors.push(e) });
    await env.clock.runAll();
    expect([tries, errors]).toEqual([3, ['enough']]);
  });

  it('multiplies the worst case, and adds the longest pauses', () => {
    const inner = { attempts: 1, modelCalls: 2, toolCalls: 3, wallTime: 1000 };
    const bound = retryPolicy({ attempts: 3, backoff: exponential(100, { max: 150 }) }).bound?.(inner);
    expect(bound).toEqual({ attempts: 3, modelCalls: 6, toolCalls: 9, wallTime: 3000 + 100 + 150 });
    expect(retryPolicy({ attempts: 2000, backoff: 10 }).bound?.(inner).wallTime).toBe(2_000_000 + 19_990);
    expect(retryPolicy({ attempts: 1e9, backoff: 10 }).bound?.(inner).wallTime).toBe(Number.POSITIVE_INFINITY);
  });

  it('has plain options for plans', () => {
    expect(retryPolicy({ attempts: 2, backoff: '1s' }).options).toEqual({
      attempts: 2,
      backoff: { kind: 'fixed', base: 1000, max: Number.MAX_SAFE_INTEGER, factor: 1, jitter: 'none' },
      maxRetryAfter: 120_000,
    });
  });

  it.each<[unknown, string]>([
    [0, '@Retry({ attempts }): expected a whole number from 1, got 0 (number).'],
    [{ attempts: 2.5 }, '@Retry({ attempts }): expected a whole number from 1, got 2.5 (number).'],
    [undefined, '@Retry: expected options { attempts, backoff, retryIf, maxRetryAfter }, got undefined.'],
    [{ attempts: 2, delay: 5 }, "@Retry: expected attempts, backoff, retryIf, maxRetryAfter, got 'delay'."],
    [{ attempts: 2, retryIf: true }, '@Retry({ retryIf }): expected a function, got true (boolean).'],
    [
      { attempts: 2, backoff: {} },
      '@Retry({ backoff }): expected a duration, or exponential(…), linear(…) or fixed(…), got Object (object).',
    ],
    [{ attempts: 2, backoff: 'soon' }, 'expected a duration such as'],
  ])('refuses %p', (options, message) => {
    expect(() => retryPolicy(options as RetryOptions)).toThrow(message);
  });

  it('does not retry what completes without a value', () => {
    const env = policyEnv();
    let completed = 0;
    retryPolicy(3)
      .apply(env.counted(EMPTY), env)
      .subscribe({ complete: () => completed++ });
    expect([completed, env.attempt()]).toEqual([1, 1]);
  });
});
