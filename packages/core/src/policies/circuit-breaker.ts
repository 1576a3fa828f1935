import type { Observable as ObservableType, OperatorFunction } from 'rxjs';
import { Observable } from 'rxjs/internal/Observable';
import type { Clock } from '../clock/clock.js';
import { type Duration, milliseconds } from '../clock/duration.js';
import { systemClock } from '../clock/system-clock.js';
import { type ErrorWhere, EspalierError } from '../errors/espalier-error.js';
import { wholeNumber } from './check.js';
import type { Policy } from './policy.js';
import { type PolicyDecorator, recordPolicy } from './record-policy.js';

export interface CircuitBreakerOptions {
  /** Failures within the window that open the breaker. @default 5 @minimum 1 */
  readonly failures?: number;
  /** @default '1m' */
  readonly window?: Duration;
  /** How long it stays open before one call may try again. @default '30s' */
  readonly cooldown?: Duration;
}

/**
 * Stops calling what keeps failing. Closed, calls pass and failures are counted; open, calls fail at once; half open,
 * one call tries: its success closes the breaker, its failure opens it again.
 * @throws circuit-open (retryable)
 * @see Michael T. Nygard, "Release It!", 2007, Circuit Breaker
 * @example \@CircuitBreaker({ failures: 5, window: '1m', cooldown: '30s' })
 */
export function CircuitBreaker(options: CircuitBreakerOptions = {}): PolicyDecorator {
  return recordPolicy(circuitBreakerPolicy(options));
}

export function circuitBreakerPolicy(options: CircuitBreakerOptions = {}): Policy {
  const settings = read(options, '@CircuitBreaker');
  const policy: Policy = Object.freeze<Policy>({
    kind: 'circuit-breaker',
    options: { ...settings },
    apply: (source, env) =>
      guarded(
        source,
        env.shared(policy, () => new Circuit(settings)),
        env.clock,
        env.where,
      ),
  });
  return policy;
}

/**
 * RxJS operator: one breaker for all subscriptions of the operator that it returns.
 * @example const guard = withCircuitBreaker<string>({ failures: 3 }); fetch$.pipe(guard)
 */
export function withCircuitBreaker<T>(
  options: CircuitBreakerOptions & { readonly clock?: Clock } = {},
): OperatorFunction<T, T> {
  const circuit = new Circuit(read(options, 'withCircuitBreaker'));
  return (source) => guarded(source, circuit, options.clock ?? systemClock, {});
}

interface Settings {
  readonly failures: number;
  readonly window: number;
  readonly cooldown: number;
}

function read({ failures = 5, window = '1m', cooldown = '30s' }: CircuitBreakerOptions, name: string): Settings {
  return {
    failures: wholeNumber(failures, `${name}({ failures })`, 1),
    window: milliseconds(window, `${name}({ window })`),
    cooldown: milliseconds(cooldown, `${name}({ cooldown })`),
  };
}

function guarded<T>(source: ObservableType<T>, circuit: Circuit, clock: Clock, where: ErrorWhere): ObservableType<T> {
  return new Observable<T>((subscriber) => {
    const wait = circuit.enter(clock.now());
    if (wait > 0) {
      subscriber.error(
        new EspalierError('circuit-open', `The circuit breaker is open and tries again in ${wait} ms.`, {
          where,
          details: { retryAfter: wait },
        }),
      );
      return undefined;
    }
    let open = true;
    const subscription = source.subscribe({
      next: (value) => subscriber.next(value),
      error: (error: unknown) => {
        open = false;
        circuit.failed(clock.now());
        subscriber.error(error);
      },
      complete: () => {
        open = false;
        circuit.succeeded();
        subscriber.complete();
      },
    });
    return () => {
      subscription.unsubscribe();
      if (open) circuit.abandoned();
    };
  });
}

class Circuit {
  readonly #settings: Settings;
  /** When the latest failures happened, oldest first: at most as many as open the breaker. */
  #failures: number[] = [];
  #openUntil: number | undefined;
  #trying = false;

  constructor(settings: Settings) {
    this.#settings = settings;
  }

  /** @returns 0 if the call may pass, else the milliseconds until one may try */
  enter(now: number): number {
    if (this.#openUntil === undefined) return 0;
    if (now < this.#openUntil) return this.#openUntil - now;
    if (this.#trying) return Math.max(1, this.#settings.cooldown);
    this.#trying = true;
    return 0;
  }

  failed(now: number): void {
    const { failures, window, cooldown } = this.#settings;
    this.#failures = [...this.#failures, now].slice(-failures);
    const full = this.#failures.length === failures && now - (this.#failures[0] as number) <= window;
    if (!this.#trying && !full) return;
    this.#trying = false;
    this.#openUntil = now + cooldown;
  }

  succeeded(): void {
    if (!this.#trying) return;
    this.abandoned();
    this.#openUntil = undefined;
    this.#failures = [];
  }

  /** The call that tried was cancelled: another one may. */
  abandoned(): void {
    this.#trying = false;
  }
}
