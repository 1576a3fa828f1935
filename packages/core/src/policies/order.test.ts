import { describe, expect, it } from '@jest/globals';
import { defer, NEVER, of, throwError } from 'rxjs';
import { policyEnv } from '../../test/policy-env.js';
import { EspalierError } from '../errors/espalier-error.js';
import { Budget, type BudgetLimits, budgetLimits, budgetPolicy } from './budget.js';
import { cachePolicy } from './cache.js';
import { circuitBreakerPolicy } from './circuit-breaker.js';
import { concurrencyPolicy } from './concurrency.js';
import { fallbackPolicy } from './fallback.js';
import { applyPolicies, mergePolicies, type PolicyDefaults, policiesFrom, policyOrder } from './order.js';
import { rateLimitPolicy } from './rate-limit.js';
import { policiesOfClass, policiesOfMethod, recordPolicy } from './record-policy.js';
import { retryPolicy } from './retry.js';
import { timeoutPolicy } from './timeout.js';

class Other {
  run(): string {
    return 'other';
  }
}

describe('the order of policies', () => {
  it('is invoke → timeout, around it retry, around that breaker and fallback, budget and cache outermost', () => {
    const inOrder = (['timeout', 'retry', 'circuit-breaker', 'fallback', 'budget', 'cache'] as const).map((kind) =>
      policyOrder.indexOf(kind),
    );
    expect(inOrder).toEqual([...inOrder].sort((a, b) => a - b));
    expect(new Set(policyOrder).size).toBe(policyOrder.length);
    const shuffled = [
      cachePolicy({ ttl: 1 }),
      fallbackPolicy(Other),
      timeoutPolicy(1),
      budgetPolicy({}),
      retryPolicy(1),
      rateLimitPolicy({ limit: 1 }),
      circuitBreakerPolicy(),
      concurrencyPolicy(1),
    ];
    expect(mergePolicies(shuffled).map(({ kind }) => kind)).toEqual(policyOrder);
  });

  it('times each attempt by itself: pauses and waiting for a place are not in it', async () => {
    const env = policyEnv();
    const busy = concurrencyPolicy(1);
    const policies = mergePolicies([retryPolicy({ attempts: 2, backoff: 50 }), timeoutPolicy(10), busy]);
    const holder = busy.apply(NEVER, env).subscribe();
    const errors: unknown[] = [];
    applyPolicies(env.counted(NEVER), policies, env).subscribe({ error: (error) => errors.push(error) });
    await env.clock.advance(1000);
    expect([errors, env.attempt()]).toEqual([[], 0]);
    holder.unsubscribe();
    await env.clock.advance(70);
    expect(errors).toMatchObject([{ code: 'retry-exhausted', cause: { code: 'timeout' } }]);
    expect([env.retries, env.clock.pending]).toEqual([[[1, 50]], 0]);
  });

  it('lets the breaker count what retries could not mend, and the fallback take over when it is open', async () => {
    const fallback = of('other');
    const env = policyEnv({ runAgent: () => fallback });
    const policies = mergePolicies([
      fallbackPolicy(Other),
      circuitBreakerPolicy({ failures: 2 }),
      retryPolicy({ attempts: 2, backoff: 1 }),
    ]);
    const seen: unknown[] = [];
    for (let call = 0; call < 3; call++) {
      let attempts = 0;
      const source = defer(() => {
        attempts += 1;
        return throwError(() => new Error('down'));
      });
      const own = { ...env, attempt: () => attempts };
      applyPolicies(source, policies, own).subscribe((value) => seen.push(value));
      await env.clock.runAll();
      seen.push(attempts);
    }
    expect(seen).toEqual(['other', 2, 'other', 2, 'other', 0]);
  });

  it('asks nothing of a cached result', () => {
    const env = policyEnv();
    const policies = mergePolicies([cachePolicy({ ttl: '1m' }), rateLimitPolicy({ limit: 1, per: '1h', queue: 0 })]);
    const seen: unknown[] = [];
    for (let call = 0; call < 3; call++) {
      applyPolicies(of('a'), policies, env).subscribe({ next: (v) => seen.push(v), error: (e) => seen.push(e) });
    }
    expect(seen).toEqual(['a', 'a', 'a']);
  });

  it('adds nothing where there are no policies', () => {
    const source = of(1);
    expect(applyPolicies(source, [], policyEnv())).toBe(source);
    expect(mergePolicies([], [])).toBe(mergePolicies([]));
  });
});

describe('defaults', () => {
  const all: PolicyDefaults = {
    timeout: '1s',
    concurrency: 2,
    rateLimit: { limit: 5 },
    retry: 3,
    circuitBreaker: {},
    budget: { tokens: 5 },
    cache: { ttl: 1 },
  };

  it('stand for the kinds that a node does not have, the nearer ones first', () => {
    const own = [retryPolicy(5)];
    const merged = mergePolicies(own, policiesFrom({ retry: 4, timeout: '2s' }), policiesFrom(all));
    expect(merged.map(({ kind }) => kind)).toEqual([
      'timeout',
      'concurrency',
      'rate-limit',
      'retry',
      'circuit-breaker',
      'budget',
      'cache',
    ]);
    expect(merged.find(({ kind }) => kind === 'retry')).toBe(own[0]);
    expect(merged.find(({ kind }) => kind === 'timeout')?.options).toEqual({ duration: 2000 });
    expect(Object.isFrozen(merged)).toBe(true);
  });

  it('give each node a breaker, a cache, places and permits of its own', () => {
    const defaults = policiesFrom(all);
    const stateful = ['concurrency', 'rate-limit', 'circuit-breaker', 'cache'];
    const [first, second] = [mergePolicies([], defaults), mergePolicies([], defaults)];
    for (const [index, policy] of first.entries()) {
      expect([policy.kind, policy === second[index]]).toEqual([policy.kind, !stateful.includes(policy.kind)]);
      expect(policy.options).toEqual(second[index]?.options);
    }
    const env = policyEnv({ inputs: ['same'] });
    const seen: unknown[] = [];
    applyPolicies(of('of the first'), mergePolicies([], policiesFrom({ cache: { ttl: '1m' } })), env).subscribe((v) =>
      seen.push(v),
    );
    applyPolicies(of('of the second'), mergePolicies([], policiesFrom({ cache: { ttl: '1m' } })), env).subscribe((v) =>
      seen.push(v),
    );
    expect(seen).toEqual(['of the first', 'of the second']);
  });

  it('refuse a name that is none, and options that are wrong', () => {
    expect(() => policiesFrom({ retries: 3 } as PolicyDefaults)).toThrow(
      "policies: expected timeout, concurrency, rateLimit, retry, circuitBreaker, budget, cache, got 'retries'.",
    );
    expect(() => policiesFrom({ retry: 0 })).toThrow('@Retry({ attempts })');
    expect(policiesFrom({})).toEqual([]);
  });
});

describe('the worst case', () => {
  const inner = { attempts: 1, modelCalls: 4, toolCalls: 8, wallTime: Number.POSITIVE_INFINITY };

  it('is computed from the inside out', () => {
    const policies = mergePolicies([
      budgetPolicy({ modelCalls: 5 }),
      retryPolicy({ attempts: 3, backoff: '1s' }),
      timeoutPolicy('10s'),
    ]);
    const bound = policies.reduce((at, policy) => policy.bound?.(at) ?? at, inner);
    expect(bound).toEqual({ attempts: 3, modelCalls: 5, toolCalls: 24, wallTime: 32_000 });
  });

  it('is not changed by what only waits or remembers', () => {
    for (const policy of [
      cachePolicy({ ttl: 1 }),
      concurrencyPolicy(1),
      rateLimitPolicy({ limit: 1 }),
      circuitBreakerPolicy(),
    ]) {
      expect(policy.bound).toBeUndefined();
    }
  });
});

describe('@Budget', () => {
  it('keeps its limits for the runtime, and changes nothing by itself', () => {
    const policy = budgetPolicy({ tokens: 20_000, toolCalls: 12 });
    expect(budgetLimits(policy)).toEqual({ tokens: 20_000, toolCalls: 12 });
    const source = of(1);
    expect(policy.apply(source, policyEnv())).toBe(source);
    expect(policy.bound?.({ attempts: 1, modelCalls: 1, toolCalls: 99, wallTime: 1 }).toolCalls).toBe(12);
  });

  it.each<[unknown, string]>([
    [{ token: 5 }, "@Budget: expected tokens, modelCalls, toolCalls, cost, got 'token'."],
    [{ tokens: -1 }, '@Budget({ tokens }): expected a number from 0, got -1 (number).'],
    [{ cost: Number.NaN }, '@Budget({ cost }): expected a number from 0, got NaN (number).'],
    [{ tokens: '5k' }, '@Budget({ tokens }): expected a number from 0, got "5k" (string).'],
    [5, '@Budget: expected options { tokens, modelCalls, toolCalls, cost }, got 5 (number).'],
  ])('refuses %p', (limits, message) => {
    expect(() => Budget(limits as BudgetLimits)).toThrow(new EspalierError('policy-invalid', message));
  });
});

describe('recordPolicy', () => {
  it('keeps policies of a class in the order of its decorators, for that class alone', () => {
    const [first, second] = [retryPolicy(1), timeoutPolicy(1)];
    class Parent {}
    class Child extends Parent {}
    recordPolicy(second)(Parent); // decorators run from the innermost
    recordPolicy(first)(Parent);
    expect(policiesOfClass(Parent)).toEqual([first, second]);
    expect(policiesOfClass(Child)).toEqual([]);
  });

  it('keeps policies of a method for subclasses too, until they have their own', () => {
    class Parent {
      search(): void {}
    }
    class Child extends Parent {}
    class Own extends Parent {}
    const [retry, timeout] = [retryPolicy(1), timeoutPolicy(1)];
    recordPolicy(retry)(Parent.prototype, 'search');
    recordPolicy(timeout)(Own.prototype, 'search');
    expect(policiesOfMethod(Child.prototype, 'search')).toEqual([retry]);
    expect(policiesOfMethod(Own.prototype, 'search')).toEqual([timeout]);
    expect(policiesOfMethod(Child.prototype, 'other')).toEqual([]);
    expect(policiesOfClass(Parent)).toEqual([]);
  });
});
