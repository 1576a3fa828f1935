import type { Duration, RunStatus } from '@espalier/core';
import type { RequestMatcher } from '../script/request-matcher.js';

/** Upper bounds of what a run may have used; each is for the run as a whole. */
export interface SpendingLimits {
  /** Input and output together. */
  readonly tokens?: number;
  readonly inputTokens?: number;
  readonly outputTokens?: number;
  readonly modelCalls?: number;
  readonly toolCalls?: number;
  /** In US dollars, as far as prices are known. */
  readonly cost?: number;
  /** From the run's first record to its last, by the runtime's clock. */
  readonly wallTime?: Duration;
}

/**
 * Expectations about a run. `expect` takes a `Run`, what `run()` of {@link testWorkflow} gives, a `RunOutcome`, a list of
 * events, or a promise of one of these. Write `await`: a run that still goes on is waited for.
 * @since 0.1.0
 */
export interface RunMatchers {
  /** It completed; with an output that equals this, where one is given (asymmetric matchers too). */
  toHaveCompleted(output?: unknown): Promise<void>;
  /** It failed, timed out or spent its budget; with this code among its errors and their causes, where one is given. */
  toHaveFailed(code?: string): Promise<void>;
  /** It stands so: `cancelled`, `suspended`, … */
  toHaveStatus(status: RunStatus): Promise<void>;
  /** The node was skipped. */
  toHaveSkipped(node: string): Promise<void>;
  /** The node started; with so many attempts, where a number is given. A name means all items of a fan-out. */
  toHaveRun(node: string, options?: { readonly attempts?: number }): Promise<void>;
  /** The node's output equals this. */
  toHaveOutput(node: string, output: unknown): Promise<void>;
  /** Each node had ended before the next one began. */
  toHaveOrder(...nodes: string[]): Promise<void>;
  /** A model's call of the tool ran; with arguments that equal these, where they are given; so often, where it is said. */
  toHaveCalledTool(tool: string, args?: unknown, options?: { readonly times?: number }): Promise<void>;
  /** A model was asked such a request: by a text in it, a pattern, or a function; so often, where it is said. */
  toHaveAskedModel(matcher: RequestMatcher, options?: { readonly times?: number }): Promise<void>;
  /** A node waited for this signal. */
  toHaveWaitedFor(signal: string): Promise<void>;
  /** It used no more than this. */
  toHaveSpentAtMost(limits: SpendingLimits): Promise<void>;
}
