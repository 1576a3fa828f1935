import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { defer, EMPTY, NEVER, type Observable, of, Subject, type Subscription } from 'rxjs';
import { marbles } from '../../test/marbles.js';
import { policyEnv } from '../../test/policy-env.js';
import { EspalierError } from '../errors/espalier-error.js';
import { type ConcurrencyOptions, concurrencyPolicy } from './concurrency.js';

describe('@Concurrency', () => {
  it('lets so many run at once, and others wait in order', () => {
    marbles(({ cold, expectObservable }) => {
      const env = policyEnv();
      const policy = concurrencyPolicy(2);
      const call = (marble: string) => policy.apply(cold(marble), env);
      expectObservable(call('---a|')).toBe('---a|');
      expectObservable(call('-b|')).toBe('-b|');
      expectObservable(call('-c|')).toBe('---c|');
      expectObservable(call('-d|')).toBe('-----d|');
    });
  });

  it('gives a place back when the call fails or is cancelled, and forgets who stops waiting', () => {
    marbles(({ cold, expectObservable, expectSubscriptions }) => {
      const env = policyEnv();
      const policy = concurrencyPolicy(1);
      const call = (source: Observable<unknown>) => policy.apply(source, env);
      expectObservable(call(cold('--#'))).toBe('--#');
      const gone = cold('a|');
      expectObservable(call(gone), '^!').toBe('');
      expectObservable(call(cold('---a')), '^---!').toBe('');
      expectObservable(call(cold('-a|'))).toBe('-----a|');
      expectSubscriptions(gone.subscriptions).toBe([]);
    });
  });

  it('refuses who finds the queue full', () => {
    const env = policyEnv();
    const policy = concurrencyPolicy({ limit: 1, queue: 1 });
    const errors: unknown[] = [];
    const subscriptions = [0, 1, 2].map(() => policy.apply(NEVER, env).subscribe({ error: (e) => errors.push(e) }));
    expect(errors).toMatchObject([
      {
        code: 'concurrency-queue-full',
        message: '1 calls wait for @Concurrency(1) already.',
        retryable: true,
        where: { node: 'n' },
      },
    ]);
    subscriptions[1]?.unsubscribe();
    policy.apply(NEVER, env).subscribe({ error: (e) => errors.push(e) });
    expect(errors).toHaveLength(1);
  });

  it('lets 10,000 that waited go at once without a deeper stack', () => {
    const env = policyEnv();
    const policy = concurrencyPolicy({ limit: 1, queue: 10_000 });
    const first = new Subject();
    policy.apply(first, env).subscribe();
    const order: number[] = [];
    for (let index = 0; index < 10_000; index++) {
      policy.apply(of(index), env).subscribe((value) => order.push(value as number));
    }
    first.complete();
    expect(order).toEqual(Array.from({ length: 10_000 }, (_, index) => index));
  });

  it('does not lock itself out when a call starts the next one as it ends', () => {
    const env = policyEnv();
    const policy = concurrencyPolicy(1);
    let ended = 0;
    policy
      .apply(EMPTY, env)
      .subscribe({ complete: () => policy.apply(EMPTY, env).subscribe({ complete: () => ended++ }) });
    expect(ended).toBe(1);
  });

  it('shares its places between runs of one runtime only', () => {
    const policy = concurrencyPolicy({ limit: 1, queue: 0 });
    const share = policyEnv();
    const codes: unknown[] = [];
    const note = { error: (error: EspalierError) => codes.push(error.code) };
    policy.apply(NEVER, policyEnv({ share })).subscribe(note);
    policy.apply(NEVER, policyEnv({ share })).subscribe(note);
    policy.apply(NEVER, policyEnv()).subscribe(note);
    expect(codes).toEqual(['concurrency-queue-full']);
  });

  it('never lets too many in, loses no place, and keeps the order (property)', () => {
    const act = fc.oneof(
      fc.constant('begin' as const),
      fc.record({ end: fc.constantFrom('complete', 'fail', 'cancel'), call: fc.nat(9) }),
    );
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 4 }), fc.array(act, { maxLength: 80 }), (limit, acts) => {
        const env = policyEnv();
        const policy = concurrencyPolicy(limit);
        const calls: { id: number; source: Subject<unknown>; running: boolean; subscription: Subscription }[] = [];
        let ids = 0;
        for (const one of acts) {
          if (one === 'begin') {
            const source = new Subject<unknown>();
            const call = { id: ids++, source, running: false, subscription: undefined as unknown as Subscription };
            calls.push(call);
            const watched = defer(() => {
              call.running = true;
              return source;
            });
            call.subscription = policy.apply(watched, env).subscribe({ error: () => {} });
          } else {
            const [call] = calls.splice(one.call, 1);
            if (call === undefined) continue;
            if (one.end === 'cancel' || !call.running) call.subscription.unsubscribe();
            else if (one.end === 'fail') call.source.error(new Error('x'));
            else call.source.complete();
          }
          // The oldest `limit` calls run, all others wait: that is all there is to it.
          expect(calls.filter(({ running }) => running)).toHaveLength(Math.min(limit, calls.length));
          expect(calls.map(({ running }) => running)).toEqual(
            [...calls].sort((a, b) => Number(b.running) - Number(a.running)).map(({ running }) => running),
          );
        }
      }),
    );
  });

  it.each<[unknown, string]>([
    [0, '@Concurrency({ limit }): expected a whole number from 1, got 0 (number).'],
    [{ limit: '4' }, '@Concurrency({ limit }): expected a whole number from 1, got "4" (string).'],
    [{ limit: 4, queue: -1 }, '@Concurrency({ queue }): expected a whole number from 0, got -1 (number).'],
    [{ max: 4 }, "@Concurrency: expected limit, queue, got 'max'."],
    ['4', '@Concurrency: expected options { limit, queue }, got "4" (string).'],
  ])('refuses %p', (options, message) => {
    expect(() => concurrencyPolicy(options as ConcurrencyOptions)).toThrow(
      new EspalierError('policy-invalid', message),
    );
  });
});
