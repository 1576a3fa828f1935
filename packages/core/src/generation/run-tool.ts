import type { Observer, Subscriber } from 'rxjs';
import { describeValue, EspalierError } from '../errors/espalier-error.js';
import { isPromise } from '../journal/maybe-promise.js';
import { toPlain } from '../schema/plain.js';
import type { CompiledTool } from './compiled-agent.js';
import type { GenerationScope } from './generation-scope.js';
import { ToolCallContext, type ToolCallPlace } from './tool-call-context.js';
import { underPolicies } from './under-policies.js';

/** The tool with its policies; everything it does is aborted when it is over, the attempt is, or its siblings are. */
export function runTool(
  scope: GenerationScope,
  tool: CompiledTool,
  place: ToolCallPlace,
  args: unknown,
): Promise<unknown> {
  if (tool.policies.length === 0) return runOnce(scope, tool, place, args);
  const env = scope.toolEnv(tool.origin, [args]);
  const source = (subscriber: Subscriber<unknown>): (() => void) => {
    env.began();
    const context = new ToolCallContext(scope, place, env.attempt());
    give(scope, { tool, args, context }, subscriber);
    return () => context.close();
  };
  return underPolicies(scope, tool.policies, env, source, (stop) => whenOver(scope, place, stop));
}

/** The same without policies, as most tools are: there is nothing to compose. */
function runOnce(scope: GenerationScope, tool: CompiledTool, place: ToolCallPlace, args: unknown): Promise<unknown> {
  return new Promise((resolve, reject) => {
    const context = new ToolCallContext(scope, place, 1);
    let over = false;
    const forget = whenOver(scope, place, (reason) => {
      over = true;
      context.close();
      reject(reason);
    });
    if (over) return;
    const end = (): void => {
      forget();
      context.close();
    };
    const error = (reason: unknown): void => {
      end();
      reject(reason);
    };
    give(scope, { tool, args, context }, { next: resolve, error, complete: end });
  });
}

/** Calls back when nobody waits for the call any more. @returns what forgets it */
function whenOver(scope: GenerationScope, { siblings }: ToolCallPlace, stop: (reason: Error) => void): () => void {
  const forget = scope.onClose(() => stop(scope.overReason()));
  if (siblings === undefined) return forget;
  const leave = siblings.onEnd(stop);
  return () => {
    forget();
    leave();
  };
}

/** @throws option-invalid, which the model is told */
function keyOf({ idempotencyKey, origin }: CompiledTool, args: unknown): string {
  const key = idempotencyKey?.(args);
  if (typeof key === 'string' && key !== '') return key;
  const got = describeValue(key);
  throw new EspalierError('option-invalid', `\`idempotencyKey\` of tool ${origin}: expected text, got ${got}.`);
}

interface ToolUse {
  readonly tool: CompiledTool;
  readonly args: unknown;
  readonly context: ToolCallContext;
}

/** Calls the tool, and gives its output as plain data. */
function give({ learner }: GenerationScope, { tool, args, context }: ToolUse, observer: Observer<unknown>): void {
  const done = (value: unknown): void => {
    try {
      observer.next(toPlain(value, { what: `the output of ${tool.origin}`, learner }));
      observer.complete();
    } catch (error) {
      observer.error(error);
    }
  };
  try {
    if (tool.idempotencyKey !== undefined) context.idempotencyKey = keyOf(tool, args);
    const result = tool.call(args, context);
    if (isPromise(result)) result.then(done, (error: unknown) => observer.error(error));
    else done(result);
  } catch (error) {
    observer.error(error);
  }
}
