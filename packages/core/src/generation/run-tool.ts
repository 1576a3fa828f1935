import type { Subscriber } from 'rxjs';
import { describeValue, EspalierError } from '../errors/espalier-error.js';
import { isPromise } from '../journal/maybe-promise.js';
import { toPlain } from '../schema/plain.js';
import type { CompiledTool } from './compiled-agent.js';
import type { GenerationScope } from './generation-scope.js';
import { ToolCallContext, type ToolCallPlace } from './tool-call-context.js';
import { underPolicies } from './under-policies.js';

/** The tool with its policies; everything it does is aborted when it is over or the attempt is. */
export function runTool(
  scope: GenerationScope,
  tool: CompiledTool,
  place: ToolCallPlace,
  args: unknown,
): Promise<unknown> {
  const env = scope.toolEnv(tool.origin, [args]);
  return underPolicies(scope, tool.policies, env, (subscriber) => {
    env.began();
    const context = new ToolCallContext(scope, place, env.attempt());
    const call = (): unknown => {
      if (tool.idempotencyKey !== undefined) context.idempotencyKey = keyOf(tool, args);
      return tool.call(args, context);
    };
    give(call, tool.origin, subscriber);
    return () => context.close();
  });
}

/** @throws option-invalid, which the model is told */
function keyOf({ idempotencyKey, origin }: CompiledTool, args: unknown): string {
  const key = idempotencyKey?.(args);
  if (typeof key === 'string' && key !== '') return key;
  const got = describeValue(key);
  throw new EspalierError('option-invalid', `\`idempotencyKey\` of tool ${origin}: expected text, got ${got}.`);
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
