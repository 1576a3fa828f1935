import type { SerializedError } from '../errors/espalier-error.js';
import type { RunStartEvent } from '../events/event.js';
import type { SentBudget } from '../policies/sent-budget.js';
import type { Json } from '../schema/json.js';
import type { SentState } from '../state/sent-state.js';

/** A value as JSON carries it; without `value`, it is `undefined`. */
export interface SentValue {
  readonly value?: Json;
}

/** The result of a `ctx.step`, which counts for all attempts of its node. */
export interface SentStep extends SentValue {
  readonly step: string;
}

/**
 * One attempt of a node as plain data: all that a process needs that has the same workflows, and nothing else of the run.
 *
 * It is linear in what the node sees: its inputs, the shared state before it, and what the run knows to be sensitive. That
 * stands in it in clear, as it does in inputs and outputs: an engine treats requests as it treats the journal.
 */
export interface AttemptRequest {
  readonly runId: string;
  readonly workflow: string;
  readonly version: number;
  /** Of the workflow's graph: a process with another one refuses. */
  readonly fingerprint: string;
  /** Node path, such as `section[3]`, `draft@2` or `billing/refunds`. With `runId` and `attempt` it names the attempt. */
  readonly node: string;
  /** From 1. */
  readonly attempt: number;
  /** The node of the graph, with its topological index; -1 for one that runs inside others, such as a fallback. */
  readonly agent: { readonly name: string; readonly index: number };
  readonly args: readonly SentValue[];
  /** The run's input. */
  readonly input?: Json;
  readonly identity?: Json;
  readonly item?: number;
  readonly iteration?: number;
  readonly previous?: Json;
  /** Why the agent failed whose place this one takes. */
  readonly failure?: SerializedError;
  /** What the inputs are called in a prompt, where not as the agent's own graph calls them. */
  readonly inputNames?: readonly string[];
  /** What steps of earlier attempts have given. */
  readonly steps?: readonly SentStep[];
  /** What the node sees of shared state; nothing where nobody has written before it. */
  readonly state?: SentState;
  /** The budgets that it spends from, innermost first, with what is left for it. */
  readonly budgets?: readonly SentBudget[];
  readonly thread?: NonNullable<RunStartEvent['thread']>;
  /** The sensitive values that the run has met. */
  readonly sensitive?: readonly (string | number)[];
  /** What `@Timeout` gives one attempt, in milliseconds. The run keeps that time itself: an engine takes its own times from it. */
  readonly timeLimit?: number;
  /** What tells the ids of waits and of child runs from those before the node began anew under another version. */
  readonly suffix?: string;
}
