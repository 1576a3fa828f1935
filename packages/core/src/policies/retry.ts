import type { Observable as ObservableType, OperatorFunction } from 'rxjs';
import { Observable } from 'rxjs/internal/Observable';
import { createOperatorSubscriber } from 'rxjs/internal/operators/OperatorSubscriber';
import { Subscription } from 'rxjs/internal/Subscription';
import type { Clock } from '../clock/clock.js';
import { type Duration, milliseconds } from '../clock/duration.js';
import { systemClock } from '../clock/system-clock.js';
import { describeValue, type ErrorWhere, EspalierError } from '../errors/espalier-error.js';
import type { Json } from '../schema/json.js';
import { type Backoff, exponential, fixed } from './backoff.js';
import { checkOptions, invalidPolicy, optionalFunction, wholeNumber } from './check.js';
import type { Policy, PolicyEnv } from './policy.js';
import { type PolicyDecorator, recordPolicy } from './record-policy.js';
import { askedTooLate, retryAfter } from './retry-after.js';

export interface RetryOptions {
  /** Attempts in all, the first one included. @minimum 1 */
  readonly attempts: number;
  /** The pause before each further attempt; a duration is the same each time. @default exponential('200ms', { max: '30s' }) */
  readonly backoff?: Backoff | Duration;
  /** Which errors are worth another attempt; pure. @default those that are not marked `retryable: false` */
  readonly retryIf?: (error: unknown) => boolean;
  /** The longest pause that an error may ask for; a longer one fails at once, with `retry-too-late`. @default '2m' */
  readonly maxRetryAfter?: Duration;
}

/**
 * Tries again when an attempt fails with an error that another attempt may mend. An error that carries
 * `details.retryAfter` (milliseconds), as providers' rate limits do, is waited for at least that long.
 *
 * @param options the number of attempts, or all options
 * @throws retry-exhausted when all attempts failed; an error that is not retryable passes as it is
 * @throws retry-too-late when an error asks for a longer pause than `maxRetryAfter`
 * @example \@Retry({ attempts: 3, backoff: exponential('200ms', { max: '5s' }) })
 */
export function Retry(options: number | RetryOptions): PolicyDecorator {
  return recordPolicy(retryPolicy(options));
}

export function retryPolicy(options: number | RetryOptions): Policy {
  if (typeof options !== 'number') checkOptions(options, '@Retry', ['attempts', 'backoff', 'retryIf', 'maxRetryAfter']);
  const settings = read(typeof options === 'number' ? { attempts: options } : options, '@Retry');
  const { attempts, backoff, maxRetryAfter } = settings;
  return Object.freeze<Policy>({
    kind: 'retry',
    options: { attempts, backoff: backoff.options as unknown as Json, maxRetryAfter },
    apply: (source, env) => retrying(source, settings, env),
    bound: (inner) => ({
      attempts: inner.attempts * attempts,
      modelCalls: inner.modelCalls * attempts,
      toolCalls: inner.toolCalls * attempts,
      wallTime: inner.wallTime * attempts + longestPauses(backoff, attempts),
    }),
  });
}

/**
 * RxJS operator: subscribes again, after a pause, when the source fails.
 * @param options.clock where time comes from. @default the system's
 * @param options.random gives numbers in [0, 1) for jitter. @default none: the longest delay each time
 * @example source$.pipe(retryWithBackoff({ attempts: 3, backoff: exponential('100ms') }))
 */
export function retryWithBackoff<T>(
  options: RetryOptions & { readonly clock?: Clock; readonly random?: () => number },
): OperatorFunction<T, T> {
  const { clock = systemClock, random = () => 1 } = options;
  const settings = read(options, 'retryWithBackoff');
  return (source) =>
    new Observable<T>((subscriber) => {
      let attempt = 0;
      const counted = new Observable<T>((inner) => {
        attempt += 1;
        return source.subscribe(inner);
      });
      const env = { clock, random, where: {}, attempt: () => attempt, retrying: () => {} };
      return retrying(counted, settings, env).subscribe(subscriber);
    });
}

interface Settings {
  readonly attempts: number;
  readonly backoff: Backoff;
  readonly retryIf: (error: unknown) => boolean;
  readonly maxRetryAfter: number;
}

type RetryEnv = Pick<PolicyEnv, 'clock' | 'random' | 'where' | 'attempt' | 'retrying' | 'pauseLeft' | 'whenReady'>;

/** Waits of a minute and a bit are common, and those beyond two are mostly of hours: OpenAI's clients draw the line there too. */
const MAX_RETRY_AFTER = '2m';

function read(options: RetryOptions, name: string): Settings {
  const { attempts, retryIf = isRetryable, maxRetryAfter = MAX_RETRY_AFTER } = options;
  wholeNumber(attempts, `${name}({ attempts })`, 1);
  optionalFunction(retryIf, `${name}({ retryIf })`);
  return {
    attempts,
    backoff: toBackoff(options.backoff),
    retryIf,
    maxRetryAfter: milliseconds(maxRetryAfter, `${name}({ maxRetryAfter })`),
  };
}

/**
 * Every further attempt starts from a timer, so that attempts never nest. What `retryIf` or a backoff throws goes to
 * the subscriber.
 */
function retrying<T>(source: ObservableType<T>, settings: Settings, env: RetryEnv): ObservableType<T> {
  const { attempts, backoff, retryIf, maxRetryAfter } = settings;
  return new Observable<T>((subscriber) => {
    const attempt = (): void => {
      source.subscribe(createOperatorSubscriber(subscriber, undefined, undefined, failed));
    };
    const failed = (error: unknown): void => {
      const made = env.attempt();
      const { where } = env;
      const asked = retryAfter(error);
      if (!ask(retryIf, error)) subscriber.error(error);
      else if (made >= attempts) subscriber.error(attempts === 1 ? error : exhausted(error, made, where));
      else if (asked > maxRetryAfter) {
        subscriber.error(askedTooLate(error, asked, { maxRetryAfter, attempt: made, where }));
      } else again(error, Math.max(asked, pauseAfter(made, backoff, env.random())));
    };
    const again = (error: unknown, delay: number): void => {
      env.retrying(error, delay);
      later(delay);
    };
    const later = (delay: number): void => {
      const timer = new Subscription(
        env.clock.setTimer(delay, () => {
          subscriber.remove(timer);
          if (env.whenReady === undefined) attempt();
          else subscriber.add(env.whenReady(attempt));
        }),
      );
      subscriber.add(timer);
    };
    const pause = env.pauseLeft?.() ?? 0;
    if (pause > 0) later(pause);
    else attempt();
  });
}

function ask(retryIf: (error: unknown) => boolean, error: unknown): boolean {
  try {
    return retryIf(error);
  } catch (cause) {
    const message = cause instanceof Error ? cause.message : String(cause);
    throw new EspalierError('condition-failed', `@Retry({ retryIf }) threw: ${message}`, { cause });
  }
}

function pauseAfter(made: number, backoff: Backoff, random: number): number {
  const delay = backoff.delay(made, random);
  if (!Number.isFinite(delay) || delay < 0) {
    const got = describeValue(delay);
    throw invalidPolicy(`@Retry({ backoff }): expected a delay from 0 in milliseconds, got ${got}.`);
  }
  return delay;
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

function toBackoff(backoff: Backoff | Duration | undefined): Backoff {
  if (backoff === undefined) return exponential('200ms', { max: '30s' });
  if (typeof backoff !== 'object') return fixed(backoff);
  if (typeof (backoff as Partial<Backoff> | null)?.delay === 'function') return backoff;
  throw invalidPolicy(
    `@Retry({ backoff }): expected a duration, or exponential(…), linear(…) or fixed(…), got ${describeValue(backoff)}.`,
  );
}

/** The sum of all pauses; `Infinity` where nobody would wait for so many attempts anyway. */
function longestPauses(backoff: Backoff, attempts: number): number {
  if (attempts > MOST_COUNTED_ATTEMPTS) return Number.POSITIVE_INFINITY;
  let sum = 0;
  for (let failed = 1; failed < attempts; failed++) sum += backoff.delay(failed, 1);
  return sum;
}

const MOST_COUNTED_ATTEMPTS = 100_000;
