import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { defer, NEVER, type Observable, of } from 'rxjs';
import { marbles } from '../../test/marbles.js';
import { policyEnv } from '../../test/policy-env.js';
import { EspalierError } from '../errors/espalier-error.js';
import { type RateLimitOptions, rateLimitPolicy } from './rate-limit.js';

describe('@RateLimit', () => {
  it('lets so many start in any period, and others wait in order', () => {
    marbles(({ cold, expectObservable, clock }) => {
      const env = { ...policyEnv(), clock };
      const policy = rateLimitPolicy({ limit: 2, per: 4 });
      const call = (source: Observable<unknown>) => policy.apply(source, env);
      expectObservable(call(cold('a|'))).toBe('a|');
      expectObservable(call(cold('b|')), '-^').toBe('-b|');
      expectObservable(call(cold('c|')), '--^').toBe('----c|');
      expectObservable(call(cold('d|')), '---^').toBe('-----d|');
      expectObservable(call(cold('e|')), '---^').toBe('--------e|');
    });
  });

  it('gives the start of who stops waiting to the next one, and leaves no timer', () => {
    marbles(({ cold, expectObservable, expectSubscriptions, clock }) => {
      const env = { ...policyEnv(), clock };
      const policy = rateLimitPolicy({ limit: 1, per: 5 });
      const call = (source: Observable<unknown>) => policy.apply(source, env);
      const gone = cold('x|');
      expectObservable(call(cold('a|'))).toBe('a|');
      expectObservable(call(gone), '-^-!').toBe('');
      expectObservable(call(cold('b|')), '--^').toBe('-----b|');
      expectObservable(call(gone), '---^---!').toBe('');
      expectSubscriptions(gone.subscriptions).toBe([]);
    });
  });

  it('refuses who finds the queue full', () => {
    const env = policyEnv();
    const policy = rateLimitPolicy({ limit: 1, per: '1m', queue: 1 });
    const errors: unknown[] = [];
    for (let call = 0; call < 3; call++) policy.apply(NEVER, env).subscribe({ error: (e) => errors.push(e) });
    expect(errors).toMatchObject([
      {
        code: 'rate-limited',
        message: '1 calls wait for @RateLimit of 1 in 60000 ms already.',
        where: { node: 'n' },
        retryable: true,
      },
    ]);
  });

  it('starts 10,000 that waited at once without a deeper stack, with one timer', async () => {
    const env = policyEnv();
    const policy = rateLimitPolicy({ limit: 10_000, per: 10, queue: 10_000 });
    const order: number[] = [];
    for (let index = 0; index < 20_000; index++)
      policy.apply(of(index), env).subscribe((value) => order.push(value as number));
    expect([order.length, env.clock.pending]).toEqual([10_000, 1]);
    await env.clock.advance(10);
    expect(order).toEqual(Array.from({ length: 20_000 }, (_, index) => index));
    expect(env.clock.pending).toBe(0);
  });

  it('never starts too many in any period, wastes no start, and keeps the order (property)', async () => {
    const arrivals = fc.array(fc.record({ after: fc.nat(8), leaves: fc.boolean() }), { maxLength: 40 });
    await fc.assert(
      fc.asyncProperty(
        fc.integer({ min: 1, max: 4 }),
        fc.integer({ min: 1, max: 12 }),
        arrivals,
        async (limit, per, calls) => {
          const env = policyEnv();
          const policy = rateLimitPolicy({ limit, per });
          const starts: { readonly id: number; readonly at: number }[] = [];
          const expected: { readonly id: number; readonly at: number }[] = [];
          for (const [id, { after, leaves }] of calls.entries()) {
            await env.clock.advance(after);
            const source = defer(() => {
              starts.push({ id, at: env.clock.now() });
              return NEVER;
            });
            const subscription = policy.apply(source, env).subscribe();
            if (leaves && starts.at(-1)?.id !== id) {
              subscription.unsubscribe();
              continue;
            }
            const earlier = expected.at(-limit);
            const allowed = expected.length < limit || earlier === undefined ? 0 : earlier.at + per;
            expected.push({ id, at: Math.max(env.clock.now(), allowed, expected.at(-1)?.at ?? 0) });
          }
          await env.clock.runAll();
          expect(starts).toEqual(expected);
          for (const { at } of starts)
            expect(starts.filter((other) => other.at >= at && other.at < at + per).length).toBeLessThanOrEqual(limit);
          expect(env.clock.pending).toBe(0);
        },
      ),
      { numRuns: 40 },
    );
  });

  it.each<[unknown, string]>([
    [{ limit: 0 }, '@RateLimit({ limit }): expected a whole number from 1, got 0 (number).'],
    [{ limit: 1, per: 0 }, '@RateLimit({ per }): expected a number above 0, got 0 (number).'],
    [
      { limit: 1, per: 'day' },
      `@RateLimit({ per }): expected a duration such as 1500, '200ms', '60s', '5m', '2h' or '3 days', got "day" (string).`,
    ],
    [{ limit: 1, queue: 0.5 }, '@RateLimit({ queue }): expected a whole number from 0, got 0.5 (number).'],
    [{ limit: 1, period: 5 }, "@RateLimit: expected limit, per, queue, got 'period'."],
    [10, '@RateLimit: expected options { limit, per, queue }, got 10 (number).'],
  ])('refuses %p', (options, message) => {
    expect(() => rateLimitPolicy(options as RateLimitOptions)).toThrow(new EspalierError('policy-invalid', message));
  });
});
