import { Observable } from 'rxjs/internal/Observable';
import { createOperatorSubscriber } from 'rxjs/internal/operators/OperatorSubscriber';
import { type Duration, milliseconds } from '../clock/duration.js';
import { EspalierError } from '../errors/espalier-error.js';
import { checkOptions, positiveNumber, wholeNumber } from './check.js';
import type { Policy } from './policy.js';
import { TokenWindow } from './token-window.js';

export interface TokenLimitOptions {
  /** How many tokens, of requests and answers, may be used in each period. @minimum 1 */
  readonly limit: number;
  /** @default '1m' @minimum above 0 */
  readonly per?: Duration;
  /** How many calls may wait. @default 1000 @minimum 0 */
  readonly queue?: number;
}

/** What is known of a call's tokens: an estimate before it, and what it used after it. */
export interface TokenCount {
  before(input: unknown): number;
  after(output: unknown): number;
}

/** Limits how many tokens calls use in a period. A call that is larger than the limit goes when nothing else was used. */
export function tokenLimitPolicy(options: TokenLimitOptions, name: string, count: TokenCount): Policy {
  checkOptions(options, name, ['limit', 'per', 'queue']);
  const { limit, per = '1m', queue = 1000 } = options;
  wholeNumber(limit, `${name}({ limit })`, 1);
  wholeNumber(queue, `${name}({ queue })`, 0);
  const period = positiveNumber(milliseconds(per, `${name}({ per })`), `${name}({ per })`);
  const policy: Policy = Object.freeze<Policy>({
    kind: 'rate-limit',
    options: { limit, per: period, queue },
    apply: (source, env) =>
      new Observable((subscriber) => {
        const window = env.shared(policy, () => new TokenWindow(limit, period, queue));
        const [request] = env.inputs();
        const leave = window.enter(env.clock, count.before(request), (settle) => {
          const next = (output: unknown): void => {
            settle(count.after(output));
            subscriber.next(output);
          };
          source.subscribe(createOperatorSubscriber(subscriber, next));
        });
        if (leave !== undefined) return leave;
        const message = `${queue} calls wait for the limit of ${limit} tokens in ${period} ms already.`;
        subscriber.error(new EspalierError('rate-limited', message, { where: env.where }));
        return undefined;
      }),
  });
  return policy;
}
