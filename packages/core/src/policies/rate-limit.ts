import { Observable } from 'rxjs/internal/Observable';
import { type Duration, milliseconds } from '../clock/duration.js';
import { EspalierError } from '../errors/espalier-error.js';
import { wholeNumber } from './check.js';
import type { Policy } from './policy.js';
import { type PolicyDecorator, recordPolicy } from './record-policy.js';

export interface RateLimitOptions {
  /** How many attempts may start in each period. @minimum 1 */
  readonly limit: number;
  /** @default '1s' */
  readonly per?: Duration;
  /** How many may wait. @default 1000 @minimum 0 */
  readonly queue?: number;
}

/**
 * Limits how many attempts of the agent or tool start in a period, over all runs of this process. Others wait in order.
 * @throws rate-limited (retryable) when too many wait
 * @example \@RateLimit({ limit: 10, per: '1s' })
 */
export function RateLimit(options: RateLimitOptions): PolicyDecorator {
  return recordPolicy(rateLimitPolicy(options));
}

export function rateLimitPolicy({ limit, per = '1s', queue = 1000 }: RateLimitOptions): Policy {
  wholeNumber(limit, '@RateLimit({ limit })', 1);
  wholeNumber(queue, '@RateLimit({ queue })', 0);
  const period = milliseconds(per, '@RateLimit({ per })');
  const policy: Policy = Object.freeze<Policy>({
    kind: 'rate-limit',
    options: { limit, per: period, queue },
    apply: (source, env) =>
      new Observable((subscriber) => {
        const cells = env.shared(policy, () => new CellRate(limit, period));
        if (cells.waiting >= queue && cells.delay(env.clock.now()) > 0) {
          const message = `${queue} calls wait for @RateLimit of ${limit} in ${period} ms already.`;
          subscriber.error(new EspalierError('rate-limited', message, { where: env.where }));
          return undefined;
        }
        const delay = cells.take(env.clock.now());
        if (delay === 0) return source.subscribe(subscriber);
        cells.waiting += 1;
        let waits = true;
        const leave = (): void => {
          if (waits) cells.waiting -= 1;
          waits = false;
        };
        const cancel = env.clock.setTimer(delay, () => {
          leave();
          subscriber.add(source.subscribe(subscriber));
        });
        return () => {
          leave();
          cancel();
        };
      }),
  });
  return policy;
}

/**
 * When the next start is allowed: the generic cell rate algorithm, which needs one number instead of a queue.
 * @see ITU-T Recommendation I.371, Annex A (virtual scheduling)
 */
class CellRate {
  waiting = 0;
  readonly #interval: number;
  readonly #burst: number;
  /** Theoretical arrival time of the next start. */
  #next = Number.NEGATIVE_INFINITY;

  constructor(limit: number, period: number) {
    this.#interval = period / limit;
    this.#burst = period - this.#interval;
  }

  /** Milliseconds until a start would be allowed. */
  delay(now: number): number {
    return Math.max(0, this.#next - this.#burst - now);
  }

  /** Takes the next start. @returns the milliseconds until it */
  take(now: number): number {
    const delay = this.delay(now);
    this.#next = Math.max(this.#next, now) + this.#interval;
    return delay;
  }
}
