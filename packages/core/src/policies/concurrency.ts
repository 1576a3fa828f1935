import { Observable } from 'rxjs/internal/Observable';
import { EspalierError } from '../errors/espalier-error.js';
import { checkOptions, wholeNumber } from './check.js';
import type { Policy } from './policy.js';
import { type PolicyDecorator, recordPolicy } from './record-policy.js';
import { Semaphore } from './semaphore.js';

export interface ConcurrencyOptions {
  /** How many attempts run at once, over all runs of the runtime. @minimum 1 */
  readonly limit: number;
  /** How many may wait for that. @default 1000 @minimum 0 */
  readonly queue?: number;
}

/**
 * Limits how many attempts of the agent or tool run at once in this process. Others wait in order.
 * @throws concurrency-queue-full (retryable)
 * @example \@Concurrency(4)
 */
export function Concurrency(options: number | ConcurrencyOptions): PolicyDecorator {
  return recordPolicy(concurrencyPolicy(options));
}

export function concurrencyPolicy(options: number | ConcurrencyOptions): Policy {
  if (typeof options !== 'number') checkOptions(options, '@Concurrency', ['limit', 'queue']);
  const { limit, queue = 1000 } = typeof options === 'number' ? { limit: options } : options;
  wholeNumber(limit, '@Concurrency({ limit })', 1);
  wholeNumber(queue, '@Concurrency({ queue })', 0);
  const policy: Policy = Object.freeze<Policy>({
    kind: 'concurrency',
    options: { limit, queue },
    apply: (source, env) =>
      new Observable((subscriber) => {
        const semaphore = env.shared(policy, () => new Semaphore(limit, queue));
        let open = true;
        const release = semaphore.acquire(() => {
          if (open) subscriber.add(source.subscribe(subscriber));
        });
        if (release === undefined) {
          const message = `${queue} calls wait for @Concurrency(${limit}) already.`;
          subscriber.error(new EspalierError('concurrency-queue-full', message, { where: env.where }));
          return undefined;
        }
        return () => {
          open = false;
          release();
        };
      }),
    fresh: () => concurrencyPolicy(options),
  });
  return policy;
}
