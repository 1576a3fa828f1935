import type { Observable as ObservableType, OperatorFunction } from 'rxjs';
import { Observable } from 'rxjs/internal/Observable';
import { Subscription } from 'rxjs/internal/Subscription';
import type { Clock } from '../clock/clock.js';
import type { Duration } from '../clock/duration.js';
import { systemClock } from '../clock/system-clock.js';
import { type ErrorWhere, EspalierError } from '../errors/espalier-error.js';
import type { Json } from '../schema/json.js';
import { type Backoff, exponential, fixed } from './backoff.js';
import { wholeNumber } from './check.js';
import type { Policy, PolicyEnv } from './policy.js';
import { type PolicyDecorator, recordPolicy } from './record-policy.js';

export interface RetryOptions {
  /** Attempts in all, the first one included. @minimum 1 */
  readonly attempts: number;
  /** The pause before each further attempt; a duration is the same each time. @default exponential('200ms', { max: '30s' }) */
  readonly backoff?: Backoff | Duration;
  /** Which errors are worth another attempt; pure. @default those that are not marked `retryable: false` */
  readonly retryIf?: (error: unknown) => boolean;
}

/**
 * Tries again when an attempt fails with an error that another attempt may mend. An error that carries
 * `details.retryAfter` (milliseconds), as providers' rate limits do, is waited for at least that long.
 *
 * @param options the number of attempts, or all options
 * @throws retry-exhausted when all attempts failed; an error that is not retryable passes as it is
 * @example \@Retry({ attempts: 3, backoff: exponential('200ms', { max: '5s' }) })
 */
export function Retry(options: number | RetryOptions): PolicyDecorator {
  return recordPolicy(retryPolicy(options));
}

export function retryPolicy(options: number | RetryOptions): Policy {
  const { attempts, backoff, retryIf = isRetryable } = typeof options === 'number' ? { attempts: options } : options;
  wholeNumber(attempts, '@Retry({ attempts })', 1);
  const pause = toBackoff(backoff);
  return Object.freeze<Policy>({
    kind: 'retry',
    options: { attempts, backoff: pause.options as unknown as Json },
    apply: (source, env) => retrying(source, { attempts, backoff: pause, retryIf, env }),
    bound: (inner) => ({
      attempts: inner.attempts * attempts,
      modelCalls: inner.modelCalls * attempts,
      toolCalls: inner.toolCalls * attempts,
      wallTime: inner.wallTime * attempts + longestPauses(pause, attempts),
    }),
  });
}

/**
 * RxJS operator: subscribes again, after a pause, when the source fails.
 * @param options.clock where time comes from. @default the system's
 * @example source$.pipe(retryWithBackoff({ attempts: 3, backoff: exponential('100ms') }))
 */
export function retryWithBackoff<T>(
  options: RetryOptions & { readonly clock?: Clock; readonly random?: () => number },
): OperatorFunction<T, T> {
  const { attempts, retryIf = isRetryable, clock = systemClock, random = () => 1 } = options;
  wholeNumber(attempts, 'retryWithBackoff({ attempts })', 1);
  const backoff = toBackoff(options.backoff);
  return (source) =>
    new Observable<T>((subscriber) => {
      let attempt = 0;
      const counted = new Observable<T>((inner) => {
        attempt += 1;
        return source.subscribe(inner);
      });
      const env = { clock, random, where: {}, attempt: () => attempt, retrying: () => {} };
      return retrying(counted, { attempts, backoff, retryIf, env }).subscribe(subscriber);
    });
}

interface Retrying {
  readonly attempts: number;
  readonly backoff: Backoff;
  readonly retryIf: (error: unknown) => boolean;
  readonly env: Pick<PolicyEnv, 'clock' | 'random' | 'where' | 'attempt' | 'retrying'>;
}

/** Every further attempt starts from a timer, so that attempts never nest. */
function retrying<T>(source: ObservableType<T>, { attempts, backoff, retryIf, env }: Retrying): ObservableType<T> {
  return new Observable<T>((subscriber) => {
    const subscription = new Subscription();
    const attempt = (): void => {
      const inner = source.subscribe({
        next: (value) => subscriber.next(value),
        complete: () => subscriber.complete(),
        error: (error: unknown) => {
          const made = env.attempt();
          if (!retryIf(error)) subscriber.error(error);
          else if (made >= attempts) subscriber.error(attempts === 1 ? error : exhausted(error, made, env.where));
          else again(error, made);
        },
      });
      subscription.add(inner);
    };
    const again = (error: unknown, made: number): void => {
      const delay = Math.max(backoff.delay(made, env.random()), retryAfter(error));
      env.retrying(error, delay);
      const timer = new Subscription(
        env.clock.setTimer(delay, () => {
          subscription.remove(timer);
          attempt();
        }),
      );
      subscription.add(timer);
    };
    attempt();
    return subscription;
  });
}

/** Whether another attempt may mend an error: yes, unless it says no. */
export function isRetryable(error: unknown): boolean {
  return !(typeof error === 'object' && error !== null && (error as { retryable?: unknown }).retryable === false);
}

function exhausted(error: unknown, attempts: number, where: ErrorWhere): EspalierError {
  const message = error instanceof Error ? error.message : String(error);
  return new EspalierError('retry-exhausted', `All ${attempts} attempts failed; the last one: ${message}`, {
    hint: EspalierError.is(error) ? error.hint : 'See `cause` for the last failure.',
    where,
    cause: error,
  });
}

function retryAfter(error: unknown): number {
  const details = (error as { details?: { retryAfter?: unknown } } | null)?.details;
  return typeof details?.retryAfter === 'number' && details.retryAfter > 0 ? details.retryAfter : 0;
}

function toBackoff(backoff: Backoff | Duration | undefined): Backoff {
  if (backoff === undefined) return exponential('200ms', { max: '30s' });
  return typeof backoff === 'object' ? backoff : fixed(backoff);
}

function longestPauses(backoff: Backoff, attempts: number): number {
  let sum = 0;
  for (let failed = 1; failed < Math.min(attempts, 1000); failed++) sum += backoff.delay(failed, 1);
  return attempts <= 1000 ? sum : Number.POSITIVE_INFINITY;
}
