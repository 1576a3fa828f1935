import type { Subscriber, TeardownLogic } from 'rxjs';
import { Observable } from 'rxjs/internal/Observable';
import { Subscription } from 'rxjs/internal/Subscription';
import { applyPolicies } from '../policies/order.js';
import type { Policy, PolicyEnv } from '../policies/policy.js';
import type { GenerationScope } from './generation-scope.js';

/**
 * Does something under policies, until the attempt is over.
 * @param source begins one try, and gives what ends it
 * @returns the value of the try that succeeded
 */
export function underPolicies<T>(
  scope: GenerationScope,
  policies: readonly Policy[],
  env: PolicyEnv,
  source: (subscriber: Subscriber<unknown>) => () => void,
): Promise<T> {
  return new Promise((resolve, reject) => {
    let value: unknown;
    // Both before it begins: what answers at once is over before `subscribe` returns.
    const subscription = new Subscription();
    const forget = scope.onClose(() => {
      subscription.unsubscribe();
      reject(scope.overReason());
    });
    if (subscription.closed) return;
    const begin = (subscriber: Subscriber<unknown>): TeardownLogic => {
      scope.assertOpen(); // it may have waited
      return source(subscriber);
    };
    subscription.add(
      applyPolicies(new Observable<unknown>(begin), policies, env).subscribe({
        next: (result) => {
          value = result;
        },
        error: (error: unknown) => {
          forget();
          reject(error);
        },
        complete: () => {
          forget();
          resolve(value as T);
        },
      }),
    );
  });
}
