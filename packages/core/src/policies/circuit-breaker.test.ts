import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { lastValueFrom, NEVER, of, range, Subject, type Subscription, take, throwError, toArray } from 'rxjs';
import { marbles } from '../../test/marbles.js';
import { policyEnv } from '../../test/policy-env.js';
import { VirtualClock } from '../clock/virtual-clock.js';
import { EspalierError } from '../errors/espalier-error.js';
import { type CircuitBreakerOptions, circuitBreakerPolicy, withCircuitBreaker } from './circuit-breaker.js';

const open = (wait: number): EspalierError =>
  new EspalierError('circuit-open', `The circuit breaker is open and tries again in ${wait} ms.`, {
    details: { retryAfter: wait },
  });

describe('withCircuitBreaker', () => {
  it('opens after failures, fails at once, tries once after the cooldown, and closes again', () => {
    marbles(({ cold, expectObservable, expectSubscriptions, clock }) => {
      const guard = withCircuitBreaker<string>({ failures: 2, window: '1s', cooldown: 10, clock });
      const bad = cold('-#').pipe(guard);
      const good = cold('-a|');
      expectObservable(bad, '^').toBe('-#');
      expectObservable(bad, '-^').toBe('--#');
      expectObservable(good.pipe(guard), '---^').toBe('---#', undefined, open(9));
      expectObservable(good.pipe(guard), '12ms ^').toBe('12ms -a|');
      expectObservable(good.pipe(guard), '13ms ^').toBe('13ms #', undefined, open(10));
      expectObservable(good.pipe(guard), '15ms ^').toBe('15ms -a|');
      expectSubscriptions(good.subscriptions).toBe(['12ms ^-!', '15ms ^-!']);
    });
  });

  it('opens again when the try fails', () => {
    marbles(({ cold, expectObservable, clock }) => {
      const bad = cold('#').pipe(withCircuitBreaker<string>({ failures: 1, cooldown: 10, clock }));
      expectObservable(bad, '^').toBe('#');
      expectObservable(bad, '10ms ^').toBe('10ms #');
      expectObservable(bad, '15ms ^').toBe('15ms #', undefined, open(5));
    });
  });

  it('forgets failures that are older than the window', () => {
    marbles(({ cold, expectObservable, clock }) => {
      const bad = cold('#').pipe(withCircuitBreaker<string>({ failures: 2, window: 10, cooldown: 10, clock }));
      expectObservable(bad, '^').toBe('#');
      expectObservable(bad, '11ms ^').toBe('11ms #');
      expectObservable(bad, '12ms ^').toBe('12ms #');
      expectObservable(bad, '13ms ^').toBe('13ms #', undefined, open(9));
    });
  });

  it('lets another call try when the one that tried is cancelled', () => {
    marbles(({ cold, expectObservable, clock }) => {
      const guard = withCircuitBreaker<string>({ failures: 1, cooldown: 10, clock });
      expectObservable(cold('#').pipe(guard), '^').toBe('#');
      expectObservable(cold('-----a|').pipe(guard), '10ms ^--!').toBe('13ms -');
      expectObservable(cold('a|').pipe(guard), '14ms ^').toBe('14ms a|');
    });
  });

  it('gives calls that began before it opened no say', () => {
    marbles(({ cold, expectObservable, clock }) => {
      const guard = withCircuitBreaker<string>({ failures: 1, cooldown: 10, clock });
      const at = (frames: number, end: string) => cold(`${frames}ms ${end}`).pipe(guard);
      expectObservable(at(5, '#')).toBe('5ms #'); // fails while it is open: it does not stay open longer
      expectObservable(at(12, '#')).toBe('12ms #'); // fails while another tries
      expectObservable(at(13, '(a|)')).toBe('13ms (a|)'); // succeeds while another tries
      expectObservable(at(14, '-'), '^ 13ms !').toBe(''); // is cancelled while another tries
      expectObservable(cold('#').pipe(guard)).toBe('#');
      expectObservable(cold('10ms a|').pipe(guard), '11ms ^').toBe('21ms a|'); // the one that tries
      expectObservable(cold('a|').pipe(guard), '15ms ^').toBe('15ms #', undefined, open(10));
      expectObservable(cold('a|').pipe(guard), '23ms ^').toBe('23ms a|');
    });
  });

  it('does not take a cancellation or a spent budget for a failure of what it calls', () => {
    const { clock } = policyEnv();
    const guard = withCircuitBreaker<string>({ failures: 1, clock });
    const codes: unknown[] = [];
    const note = { error: (error: EspalierError) => codes.push(error.code) };
    throwError(() => new EspalierError('budget-exceeded', 'spent'))
      .pipe(guard)
      .subscribe(note);
    throwError(() => new EspalierError('run-cancelled', 'stop'))
      .pipe(guard)
      .subscribe(note);
    NEVER.pipe(guard).subscribe().unsubscribe();
    throwError(() => new EspalierError('model-failed', 'down'))
      .pipe(guard)
      .subscribe(note);
    of('a').pipe(guard).subscribe(note);
    expect(codes).toEqual(['budget-exceeded', 'run-cancelled', 'model-failed', 'circuit-open']);
  });

  it('takes synchronous sources, also without end', async () => {
    const guard = withCircuitBreaker<number>({ clock: policyEnv().clock });
    expect(await lastValueFrom(range(0, 10_000).pipe(guard, toArray()))).toHaveLength(10_000);
    expect(await lastValueFrom(range(0, Number.POSITIVE_INFINITY).pipe(guard, take(2), toArray()))).toEqual([0, 1]);
  });

  it('does what a small model does, whatever happens in whatever order (property)', async () => {
    const step = fc.oneof(
      fc.record({ act: fc.constant('begin' as const) }),
      fc.record({ act: fc.constantFrom('succeed' as const, 'fail' as const, 'cancel' as const), call: fc.nat(5) }),
      fc.record({ act: fc.constant('wait' as const), time: fc.integer({ min: 1, max: 15 }) }),
    );
    await fc.assert(
      fc.asyncProperty(fc.array(step, { maxLength: 60 }), fc.integer({ min: 1, max: 3 }), async (steps, failures) => {
        const clock = new VirtualClock(0);
        const guard = withCircuitBreaker<string>({ failures, window: 20, cooldown: 10, clock });
        const model = new BreakerModel(failures);
        const calls: {
          readonly source: Subject<string>;
          readonly subscription: Subscription;
          readonly modelled: object;
        }[] = [];
        for (const { act, ...rest } of steps) {
          if (act === 'wait') {
            await clock.advance((rest as { time: number }).time);
          } else if (act === 'begin') {
            const source = new Subject<string>();
            let refused = false;
            const subscription = source.pipe(guard).subscribe({
              error: (error) => {
                refused = EspalierError.is(error, 'circuit-open');
              },
            });
            const modelled = model.begin(clock.now());
            expect(refused).toBe(modelled === undefined);
            if (modelled !== undefined) calls.push({ source, subscription, modelled });
          } else {
            const [call] = calls.splice((rest as { call: number }).call, 1);
            if (call === undefined) continue;
            if (act === 'succeed') call.source.complete();
            else if (act === 'fail') call.source.error(new Error('x'));
            else call.subscription.unsubscribe();
            model.end(call.modelled, act, clock.now());
          }
        }
      }),
      { numRuns: 60 },
    );
  });
});

/** Written from the description, not from the code: one list of failures, one state, the one call that tries. */
class BreakerModel {
  readonly #limit: number;
  #state: 'closed' | 'open' = 'closed';
  #since = 0;
  #failures: number[] = [];
  #inPlay = new Set<object>();
  #tries: object | undefined;

  constructor(limit: number) {
    this.#limit = limit;
  }

  begin(now: number): object | undefined {
    const call = {};
    if (this.#state === 'open') {
      if (now - this.#since < 10 || this.#tries !== undefined) return undefined;
      this.#tries = call;
    } else {
      this.#inPlay.add(call);
    }
    return call;
  }

  end(call: object, how: 'succeed' | 'fail' | 'cancel', now: number): void {
    if (call === this.#tries) {
      this.#tries = undefined;
      if (how === 'fail') this.#since = now;
      if (how === 'succeed') this.#state = 'closed';
      if (how === 'succeed') this.#failures = [];
      return;
    }
    if (!this.#inPlay.delete(call) || how !== 'fail') return;
    this.#failures.push(now);
    if (this.#failures.filter((at) => now - at <= 20).length < this.#limit) return;
    this.#state = 'open';
    this.#since = now;
    this.#inPlay.clear();
  }
}

describe('@CircuitBreaker', () => {
  it('is one breaker for all calls of a runtime, and another one in another runtime', () => {
    const policy = circuitBreakerPolicy({ failures: 1 });
    const share = policyEnv();
    const clock = share.clock;
    const codeOf = (env: ReturnType<typeof policyEnv>, source = of('a')): unknown => {
      let code: unknown;
      policy.apply(source, env).subscribe({
        error: (error: EspalierError) => {
          code = error.code;
        },
      });
      return code;
    };
    codeOf(
      policyEnv({ clock, share }),
      throwError(() => new Error('x')),
    );
    expect(codeOf(policyEnv({ clock, share }))).toBe('circuit-open');
    expect(codeOf(policyEnv({ clock }))).toBeUndefined();
  });

  it('has defaults, and says what it expects', () => {
    expect(circuitBreakerPolicy().options).toEqual({ failures: 5, window: 60_000, cooldown: 30_000 });
    const message = (options: unknown): unknown => {
      try {
        return circuitBreakerPolicy(options as CircuitBreakerOptions);
      } catch (error) {
        return (error as Error).message;
      }
    };
    expect(message({ failures: 0 })).toBe(
      '@CircuitBreaker({ failures }): expected a whole number from 1, got 0 (number).',
    );
    expect(message({ window: 'long' })).toContain('@CircuitBreaker({ window }): expected a duration');
    expect(message({ cooldown: null })).toContain('@CircuitBreaker({ cooldown }): expected a duration');
    expect(message({ threshold: 5 })).toBe("@CircuitBreaker: expected failures, window, cooldown, got 'threshold'.");
    expect(() => withCircuitBreaker({ failures: 0 })).toThrow('withCircuitBreaker({ failures })');
  });
});
