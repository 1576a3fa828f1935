import { Observable } from 'rxjs/internal/Observable';
import { type Duration, milliseconds } from '../clock/duration.js';
import { EspalierError } from '../errors/espalier-error.js';
import { checkOptions, positiveNumber, wholeNumber } from './check.js';
import type { Policy } from './policy.js';
import { type PolicyDecorator, recordPolicy } from './record-policy.js';
import { StartWindow } from './start-window.js';

export interface RateLimitOptions {
  /** How many attempts may start in each period, wherever the period begins. @minimum 1 */
  readonly limit: number;
  /** @default '1s' @minimum above 0 */
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

export function rateLimitPolicy(options: RateLimitOptions): Policy {
  checkOptions(options, '@RateLimit', ['limit', 'per', 'queue']);
  const { limit, per = '1s', queue = 1000 } = options;
  wholeNumber(limit, '@RateLimit({ limit })', 1);
  wholeNumber(queue, '@RateLimit({ queue })', 0);
  const period = positiveNumber(milliseconds(per, '@RateLimit({ per })'), '@RateLimit({ per })');
  const policy: Policy = Object.freeze<Policy>({
    kind: 'rate-limit',
    options: { limit, per: period, queue },
    apply: (source, env) =>
      new Observable((subscriber) => {
        const starts = env.shared(policy, () => new StartWindow(limit, period, queue));
        const leave = starts.enter(env.clock, () => {
          subscriber.add(source.subscribe(subscriber));
        });
        if (leave === undefined) {
          const message = `${queue} calls wait for @RateLimit of ${limit} in ${period} ms already.`;
          subscriber.error(new EspalierError('rate-limited', message, { where: env.where }));
        }
        return leave;
      }),
    fresh: () => rateLimitPolicy(options),
  });
  return policy;
}
