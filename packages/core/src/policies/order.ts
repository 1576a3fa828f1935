import type { Observable } from 'rxjs';
import type { Duration } from '../clock/duration.js';
import { type BudgetLimits, budgetPolicy } from './budget.js';
import { type CacheOptions, cachePolicy } from './cache.js';
import { checkOptions } from './check.js';
import { type CircuitBreakerOptions, circuitBreakerPolicy } from './circuit-breaker.js';
import { type ConcurrencyOptions, concurrencyPolicy } from './concurrency.js';
import type { Policy, PolicyEnv, PolicyKind } from './policy.js';
import { type RateLimitOptions, rateLimitPolicy } from './rate-limit.js';
import { type RetryOptions, retryPolicy } from './retry.js';
import { timeoutPolicy } from './timeout.js';

/**
 * How policies nest, innermost first. One attempt is the call with its timeout, once it has a place and a permit;
 * `retry` makes attempts; the breaker counts what retries could not mend; the fallback takes over after that; the
 * budget spans all of it; a cached result needs none of it.
 */
export const policyOrder: readonly PolicyKind[] = [
  'timeout',
  'concurrency',
  'rate-limit',
  'retry',
  'circuit-breaker',
  'fallback',
  'budget',
  'cache',
];

/**
 * Policies for a whole workflow or runtime, as options. A node's own policy of the same kind replaces them. Each node
 * has them for itself: nodes share no breaker, no place, no permit and no cached result.
 */
export interface PolicyDefaults {
  readonly timeout?: Duration;
  readonly concurrency?: number | ConcurrencyOptions;
  readonly rateLimit?: RateLimitOptions;
  readonly retry?: number | RetryOptions;
  readonly circuitBreaker?: CircuitBreakerOptions;
  /** For each node by itself; a workflow's own `budget` is for the run as a whole. */
  readonly budget?: BudgetLimits;
  readonly cache?: CacheOptions;
}

const defaultKinds: readonly (keyof PolicyDefaults)[] = [
  'timeout',
  'concurrency',
  'rateLimit',
  'retry',
  'circuitBreaker',
  'budget',
  'cache',
];

/** @throws policy-invalid */
export function policiesFrom(defaults: PolicyDefaults): readonly Policy[] {
  checkOptions(defaults, 'policies', defaultKinds);
  const { timeout, concurrency, rateLimit, retry, circuitBreaker, budget, cache } = defaults;
  const policies: Policy[] = [];
  if (timeout !== undefined) policies.push(timeoutPolicy(timeout));
  if (concurrency !== undefined) policies.push(concurrencyPolicy(concurrency));
  if (rateLimit !== undefined) policies.push(rateLimitPolicy(rateLimit));
  if (retry !== undefined) policies.push(retryPolicy(retry));
  if (circuitBreaker !== undefined) policies.push(circuitBreakerPolicy(circuitBreaker));
  if (budget !== undefined) policies.push(budgetPolicy(budget));
  if (cache !== undefined) policies.push(cachePolicy(cache));
  return policies;
}

/** A node's own policies, and of each further list what no earlier one has, innermost first. */
export function mergePolicies(own: readonly Policy[], ...defaults: readonly (readonly Policy[])[]): readonly Policy[] {
  if (own.length === 0 && defaults.every(({ length }) => length === 0)) return none;
  const byKind = new Map<PolicyKind, Policy>();
  for (const policy of own) if (!byKind.has(policy.kind)) byKind.set(policy.kind, policy);
  for (const policy of defaults.flat()) {
    if (!byKind.has(policy.kind)) byKind.set(policy.kind, policy.fresh?.() ?? policy);
  }
  return Object.freeze([...byKind.values()].sort(byOrder));
}

/** Wraps a call into its policies, which are in order; adds nothing where there are none. */
export function applyPolicies(
  source: Observable<unknown>,
  policies: readonly Policy[],
  env: PolicyEnv,
): Observable<unknown> {
  let wrapped = source;
  for (const policy of policies) wrapped = policy.apply(wrapped, env);
  return wrapped;
}

const none: readonly Policy[] = Object.freeze([]);

/** Sorts policies innermost first; those of one kind keep their order. */
export const byOrder = (a: Policy, b: Policy): number => policyOrder.indexOf(a.kind) - policyOrder.indexOf(b.kind);
