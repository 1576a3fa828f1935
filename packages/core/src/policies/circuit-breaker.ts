import type { Observable as ObservableType, OperatorFunction } from 'rxjs';
import { Observable } from 'rxjs/internal/Observable';
import { createOperatorSubscriber } from 'rxjs/internal/operators/OperatorSubscriber';
import type { Clock } from '../clock/clock.js';
import { type Duration, milliseconds } from '../clock/duration.js';
import { systemClock } from '../clock/system-clock.js';
import type { ErrorCode } from '../errors/codes.js';
import { type ErrorWhere, EspalierError } from '../errors/espalier-error.js';
import { checkOptions, wholeNumber } from './check.js';
import { isFinal } from './final-error.js';
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
 * one call tries: its success closes the breaker, its failure opens it again. Calls that began before the breaker
 * opened have no say any more. No failures of what is called are a cancellation, a spent budget, a call that another
 * policy refuses, and a request that is wrong itself.
 * @throws circuit-open (retryable)
 * @see Michael T. Nygard, "Release It!", 2007, Circuit Breaker
 * @example \@CircuitBreaker({ failures: 5, window: '1m', cooldown: '30s' })
 */
export function CircuitBreaker(options: CircuitBreakerOptions = {}): PolicyDecorator {
  return recordPolicy(circuitBreakerPolicy(options));
}

export function circuitBreakerPolicy(options: CircuitBreakerOptions = {}): Policy {
  checkOptions(options, '@CircuitBreaker', ['failures', 'window', 'cooldown']);
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
    fresh: () => circuitBreakerPolicy(options),
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
    const call = circuit.enter(clock.now());
    if (typeof call === 'number') {
      subscriber.error(
        new EspalierError('circuit-open', `The circuit breaker is open and tries again in ${call} ms.`, {
          where,
          details: { retryAfter: call },
        }),
      );
      return;
    }
    const failed = (error: unknown): void => {
      if (isFinal(error) || isBlameless(error)) circuit.abandoned(call);
      else circuit.failed(call, clock.now());
      subscriber.error(error);
    };
    const succeeded = (): void => {
      circuit.succeeded(call);
      subscriber.complete();
    };
    source.subscribe(createOperatorSubscriber(subscriber, undefined, succeeded, failed, () => circuit.abandoned(call)));
  });
}

/** A call that was let through. It has a say until it is over, or the breaker has changed. */
interface Call {
  /** Whether it is the one that tries, half open. */
  readonly tries: boolean;
  readonly era: number;
  over: boolean;
}

const blameless: ReadonlySet<string> = new Set<ErrorCode>([
  'circuit-open',
  'rate-limited',
  'concurrency-queue-full',
  'model-request-invalid',
  'model-context-length',
  'model-content-filter',
]);

/** Whether an error tells nothing of how what is called does. */
const isBlameless = (error: unknown): boolean => EspalierError.is(error) && blameless.has(error.code);

class Circuit {
  readonly #settings: Settings;
  /** When the latest failures happened, oldest first: at most as many as open the breaker. */
  #failures: number[] = [];
  #openUntil: number | undefined;
  #trying = false;
  /** Grows whenever the breaker opens or closes. */
  #era = 0;

  constructor(settings: Settings) {
    this.#settings = settings;
  }

  /** @returns the call if it may pass, else the milliseconds until one may try */
  enter(now: number): Call | number {
    if (this.#openUntil === undefined) return { tries: false, era: this.#era, over: false };
    if (now < this.#openUntil) return this.#openUntil - now;
    if (this.#trying) return Math.max(1, this.#settings.cooldown);
    this.#trying = true;
    return { tries: true, era: this.#era, over: false };
  }

  failed(call: Call, now: number): void {
    if (!this.#end(call)) return;
    const { failures, window, cooldown } = this.#settings;
    this.#failures = [...this.#failures, now].slice(-failures);
    const full = this.#failures.length === failures && now - (this.#failures[0] as number) <= window;
    if (!call.tries && !full) return;
    this.#openUntil = now + cooldown;
    this.#era += 1;
  }

  succeeded(call: Call): void {
    if (!this.#end(call) || !call.tries) return;
    this.#openUntil = undefined;
    this.#failures = [];
    this.#era += 1;
  }

  /** The call was cancelled: if it was the one that tried, another one may. */
  abandoned(call: Call): void {
    this.#end(call);
  }

  /** @returns whether the call has a say */
  #end(call: Call): boolean {
    if (call.over) return false;
    call.over = true;
    if (call.era !== this.#era) return false;
    if (call.tries) this.#trying = false;
    return true;
  }
}
