import type { Subscriber } from 'rxjs';
import { Observable } from 'rxjs/internal/Observable';
import { Subscription } from 'rxjs/internal/Subscription';
import { isPromise } from '../journal/maybe-promise.js';
import { applyPolicies } from '../policies/order.js';
import { toPlain } from '../schema/plain.js';
import type { CompiledTool } from './compiled-agent.js';
import type { GenerationScope } from './generation-scope.js';
import { ToolCallContext, type ToolCallPlace } from './tool-call-context.js';

/** The tool with its policies; everything it does is aborted when it is over or the attempt is. */
export function runTool(
  scope: GenerationScope,
  tool: CompiledTool,
  place: ToolCallPlace,
  args: unknown,
): Promise<unknown> {
  const env = scope.toolEnv(tool.origin, [args]);
  const source = new Observable<unknown>((subscriber) => {
    env.began();
    const context = new ToolCallContext(scope, place, env.attempt());
    give(() => tool.call(args, context), tool.origin, subscriber);
    return () => context.close();
  });
  return new Promise((resolve, reject) => {
    let value: unknown;
    // Both before the tool is called: one that answers at once is over before `subscribe` returns.
    const subscription = new Subscription();
    const forget = scope.onClose(() => {
      subscription.unsubscribe();
      reject(scope.overReason());
    });
    if (subscription.closed) return;
    subscription.add(
      applyPolicies(source, tool.policies, env).subscribe({
        next: (result) => {
          value = result;
        },
        error: (error: unknown) => {
          forget();
          reject(error);
        },
        complete: () => {
          forget();
          resolve(value);
        },
      }),
    );
  });
}

function give(call: () => unknown, origin: string, subscriber: Subscriber<unknown>): void {
  const done = (value: unknown): void => {
    try {
      subscriber.next(toPlain(value, { what: `the output of ${origin}` }));
      subscriber.complete();
    } catch (error) {
      subscriber.error(error);
    }
  };
  try {
    const result = call();
    if (isPromise(result)) result.then(done, (error: unknown) => subscriber.error(error));
    else done(result);
  } catch (error) {
    subscriber.error(error);
  }
}
