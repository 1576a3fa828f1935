import type { Duration } from '../clock/duration.js';
import { EspalierError } from '../errors/espalier-error.js';
import { checkOptions } from './check.js';
import type { CircuitBreakerOptions } from './circuit-breaker.js';
import type { ConcurrencyOptions } from './concurrency.js';
import { byOrder, policiesFrom } from './order.js';
import type { Policy } from './policy.js';
import type { RateLimitOptions } from './rate-limit.js';
import { type TokenCount, type TokenLimitOptions, tokenLimitPolicy } from './token-limit.js';

/** Policies for all calls of a provider, or of one model: they hold over all runs and agents of the runtime together. */
export interface ModelPolicies {
  /** How long one call may take, once it has begun. */
  readonly timeout?: Duration;
  /** How many calls run at once. */
  readonly concurrency?: number | ConcurrencyOptions;
  /** How many calls may start in a period: `{ limit: 500, per: '1m' }`. */
  readonly rateLimit?: RateLimitOptions;
  /** How many tokens may be used in a period: `{ limit: 200_000, per: '1m' }`. Requests are estimated until they are answered. */
  readonly tokenLimit?: TokenLimitOptions;
  readonly circuitBreaker?: CircuitBreakerOptions;
}

const kinds: readonly (keyof ModelPolicies)[] = ['timeout', 'concurrency', 'rateLimit', 'tokenLimit', 'circuitBreaker'];

/**
 * The policies in the order in which they nest, innermost first.
 * @throws policy-invalid
 */
export function modelPoliciesFrom(options: ModelPolicies, name: string, count: TokenCount): readonly Policy[] {
  checkOptions(options, name, kinds);
  const { tokenLimit, ...others } = options;
  const policies = [...named(others, name)];
  if (tokenLimit !== undefined) policies.push(tokenLimitPolicy(tokenLimit, `${name}.tokenLimit`, count));
  return policies.sort(byOrder);
}

/** What is wrong is told with whose policies they are: the policies themselves do not know. */
function named(options: Omit<ModelPolicies, 'tokenLimit'>, name: string): readonly Policy[] {
  try {
    return policiesFrom(options);
  } catch (error) {
    if (!EspalierError.is(error)) throw error;
    throw new EspalierError(error.code, `${name}: ${error.message}`, { hint: error.hint, cause: error });
  }
}
