import type { Subscriber } from 'rxjs';
import { Observable } from 'rxjs/internal/Observable';
import { Subscription } from 'rxjs/internal/Subscription';
import { EspalierError } from '../errors/espalier-error.js';
import type { ToolOutcome } from '../events/event.js';
import { isPromise } from '../journal/maybe-promise.js';
import type { ToolCallPart } from '../model/message.js';
import { applyPolicies } from '../policies/order.js';
import { parseJson } from '../schema/parse-json.js';
import { toPlain } from '../schema/plain.js';
import type { ToolContext } from '../tools/tool-context.js';
import type { CompiledTool } from './compiled-agent.js';
import { isFinalError } from './final-error.js';
import type { GenerationScope } from './generation-scope.js';

/**
 * Runs one tool call of a model and gives what the model is told. A mistake of the model's, or a tool that fails, is
 * an answer to the model; only what ends the node is thrown.
 */
export async function callTool(scope: GenerationScope, call: ToolCallPart, step: string): Promise<ToolOutcome> {
  const key = { node: scope.node, attempt: scope.attempt, step };
  const about = { tool: call.tool, callId: call.id };
  const recorded = scope.recorded(step);
  const reservation = recorded ? undefined : scope.ledger?.reserve({ toolCalls: 1 });
  try {
    scope.countToolCall();
    if (recorded) scope.ledger?.charge({ toolCalls: 1 });
    else await scope.record({ type: 'tool-start', ...key, ...about, arguments: call.arguments });
    const outcome = await scope.task<ToolOutcome>(step, () => perform(scope, call, step), {
      done: (value) => ({ type: 'tool-end', ...key, ...about, value }),
    });
    reservation?.settle({ toolCalls: 1 });
    return outcome;
  } finally {
    reservation?.release();
  }
}

async function perform(scope: GenerationScope, call: ToolCallPart, step: string): Promise<ToolOutcome> {
  const tools = scope.agent.generation?.tools;
  const tool = tools?.get(call.tool);
  if (tool === undefined) {
    const known = [...(tools?.keys() ?? [])].join(', ');
    return failed(`There is no tool '${call.tool}'. ${known === '' ? 'You have no tools.' : `You have: ${known}.`}`);
  }
  const parsed = parseJson(call.arguments.trim() === '' ? '{}' : call.arguments);
  if (!parsed.ok)
    return failed(
      `The arguments of '${call.tool}' are not valid JSON: ${parsed.message}. Call it again with valid JSON.`,
    );
  const checked = await tool.input.validate(parsed.value);
  if (!checked.valid) {
    const issues = checked.issues.map(({ path, message }) => `- ${path}: ${message}`).join('\n');
    return failed(
      `The arguments of '${call.tool}' do not match its parameters:\n${issues}\nCall it again with correct arguments.`,
    );
  }
  if (tool.approval) {
    const { approved, reason } = await scope.approve(step, {
      tool: call.tool,
      arguments: toPlain(checked.value) ?? null,
    });
    if (!approved)
      return failed(`A person refused the call of '${call.tool}'${reason === undefined ? '.' : `: ${reason}`}`);
  }
  try {
    const value = await runTool(scope, tool, call, step, checked.value);
    return { content: typeof value === 'string' ? value : JSON.stringify(value ?? null), failed: false };
  } catch (error) {
    if (isFinalError(error)) throw error;
    return failed(`'${call.tool}' failed: ${error instanceof Error ? error.message : String(error)}`);
  }
}

const failed = (content: string): ToolOutcome => ({ content, failed: true });

/** The tool with its policies; everything it does is aborted when it is over or the attempt is. */
function runTool(
  scope: GenerationScope,
  tool: CompiledTool,
  call: ToolCallPart,
  step: string,
  args: unknown,
): Promise<unknown> {
  const env = scope.toolEnv(tool.origin, [args]);
  const source = new Observable<unknown>((subscriber) => {
    env.began();
    const context = new CallContext(scope, call, step);
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

/** What one execution of a tool gets. Its signal is made when first asked for. */
class CallContext implements ToolContext {
  readonly callId: string;
  readonly idempotencyKey: string;
  readonly #scope: GenerationScope;
  #controller: AbortController | undefined;
  #closed = false;

  constructor(scope: GenerationScope, { id }: ToolCallPart, step: string) {
    this.#scope = scope;
    this.callId = id;
    this.idempotencyKey = `${scope.runId}/${scope.node}/${step}`;
  }

  get runId(): string {
    return this.#scope.runId;
  }

  get node(): string {
    return this.#scope.node;
  }

  get attempt(): number {
    return this.#scope.attempt;
  }

  get input(): unknown {
    return this.#scope.input;
  }

  get identity(): unknown {
    return this.#scope.identity;
  }

  get signal(): AbortSignal {
    this.#controller ??= new AbortController();
    if (this.#closed) this.#controller.abort(over());
    return this.#controller.signal;
  }

  runAgent: ToolContext['runAgent'] = (agent, inputs) => this.#scope.runAgent(agent, inputs);

  close(): void {
    if (this.#closed) return;
    this.#closed = true;
    this.#controller?.abort(over());
  }
}

const over = (): EspalierError => new EspalierError('run-cancelled', 'The tool call is over.');
