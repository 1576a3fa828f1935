import type { Subscriber, TeardownLogic } from 'rxjs';
import { Observable } from 'rxjs/internal/Observable';
import { Subscription } from 'rxjs/internal/Subscription';
import { applyPolicies } from '../policies/order.js';
import type { Policy, PolicyEnv } from '../policies/policy.js';
import type { GenerationScope } from './generation-scope.js';

/**
 * Does something under policies, until the attempt is over.
 * @param source begins one try, and gives what ends it
 * @param whenOver calls back when nobody waits for it any more, and gives what forgets that
 * @returns the value of the try that succeeded
 */
export function underPolicies<T>(
  scope: GenerationScope,
  policies: readonly Policy[],
  env: PolicyEnv,
  source: (subscriber: Subscriber<unknown>) => () => void,
  whenOver: (stop: (reason: Error) => void) => () => void = (stop) => scope.onClose(() => stop(scope.overReason())),
): Promise<T> {
  return new Promise((resolve, reject) => {
    let value: unknown;
    // Both before it begins: what answers at once is over before `subscribe` returns.
    const subscription = new Subscription();
    const forget = whenOver((reason) => {
      subscription.unsubscribe();
      reject(reason);
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
