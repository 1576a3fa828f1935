import type { SerializedError } from '../errors/espalier-error.js';
import type { ChatRequest, ChatResponse, Usage } from '../model/chat-model.js';
import type { BudgetLimits } from '../policies/budget.js';
import type { Json } from '../schema/json.js';

/** How a run ended. */
export type RunEndStatus = 'completed' | 'failed' | 'cancelled' | 'timed_out' | 'budget_exceeded';
/** How a run stands. `suspended` rests until an answer or a time; `parked` until somebody resumes it. */
export type RunStatus = 'running' | 'suspended' | 'parked' | RunEndStatus;
/** How a node stands in a run. */
export type NodeStatus = 'pending' | 'ready' | 'running' | 'suspended' | NodeEndStatus | 'skipped';
/** How a node that started has ended. */
export type NodeEndStatus = 'completed' | 'failed' | 'cancelled';

/** Why a node was skipped. */
export type SkipReason =
  | { readonly kind: 'condition'; readonly source: string }
  | { readonly kind: 'dependency'; readonly source: string; readonly status: 'failed' | 'skipped' };

interface EventBase {
  /** Version of this format. */
  readonly v: 1;
  readonly runId: string;
  /** Position in the run, from 0, without gaps. A transient event carries that of the record before it. */
  readonly seq: number;
  /** Milliseconds since the Unix epoch. */
  readonly time: number;
  /** Where it holds sensitive data, if it does: see `maskRecord`. */
  readonly sensitive?: readonly string[];
}

interface NodeEventBase extends EventBase {
  /** Node path, such as `section[3]`. */
  readonly node: string;
  /** From 1. */
  readonly attempt: number;
}

interface StepEventBase extends NodeEventBase {
  /** Name of the step, unique within the attempt. */
  readonly step: string;
}

export interface RunStartEvent extends EventBase {
  readonly type: 'run-start';
  readonly workflow: string;
  readonly version: number;
  /** Fingerprint of the graph that the run began with. */
  readonly fingerprint: string;
  /** The graph's shape, for the difference that is shown when another graph is to resume the run. */
  readonly graph?: Json;
  readonly input?: Json;
  readonly identity?: Json;
  /** The process that began it, as it is called in leases. */
  readonly owner?: string;
  /** The thread that the run is part of, how many entries it had then, and whose it is where threads are somebody's. */
  readonly thread?: { readonly id: string; readonly length: number; readonly scope?: string };
  /** The node that called this run, for a child run. */
  readonly parent?: { readonly runId: string; readonly node: string };
  /** The run that this one was forked from. */
  readonly fork?: RunOrigin;
}

/** Where a forked run comes from. */
export interface RunOrigin {
  readonly runId: string;
  /** The node from which on it goes its own way. */
  readonly from: string;
  /** How many records it has taken over: those up to this `seq`. They have the times at which they were written. */
  readonly records: number;
  /** Paths of the nodes whose outputs were replaced. */
  readonly outputs?: readonly string[];
}

/** The one terminal event of a run. */
export interface RunEndEvent extends EventBase {
  readonly type: 'run-end';
  readonly status: RunEndStatus;
  readonly output?: Json;
  readonly error?: SerializedError;
}

/** Everything that is left of the run waits for an answer or a time. */
export interface RunSuspendEvent extends EventBase {
  readonly type: 'run-suspend';
}

/** The run goes on: after a suspension, or in another process. */
export interface RunResumeEvent extends EventBase {
  readonly type: 'run-resume';
  /** The process that has taken the run over, where it was taken over. */
  readonly owner?: string;
  /** The process before did not give the run back: its lease was over. */
  readonly expired?: true;
}

/** The run goes on under a newer version of its workflow: only what this names counts of the records before it. */
export interface RunMigrateEvent extends EventBase {
  readonly type: 'run-migrate';
  readonly version: number;
  readonly fingerprint: string;
  readonly graph?: Json;
  /** The input from here on. @default unchanged */
  readonly input?: Json;
  /** The nodes whose records count, by their names: what they were called before. */
  readonly keep: Readonly<Record<string, string>>;
  /** The nodes that count as completed, and with which outputs. */
  readonly outputs: readonly { readonly node: string; readonly output?: Json }[];
}

/** An attempt of a node started. */
export interface NodeStartEvent extends NodeEventBase {
  readonly type: 'node-start';
}

/** A `@ForEach` node has its items. */
export interface NodeFanOutEvent extends NodeEventBase {
  readonly type: 'node-fan-out';
  readonly count: number;
}

/** The attempt failed; the next one starts after `delay` milliseconds. */
export interface NodeRetryEvent extends NodeEventBase {
  readonly type: 'node-retry';
  readonly error: SerializedError;
  readonly delay: number;
}

/** The node failed; another agent takes its place, under its own path. */
export interface NodeFallbackEvent extends NodeEventBase {
  readonly type: 'node-fallback';
  readonly fallback: string;
  readonly error: SerializedError;
}

export interface NodeSuspendEvent extends StepEventBase {
  readonly type: 'node-suspend';
  /** The signal that it waits for; none for a timer. */
  readonly signal?: string;
  readonly request?: Json;
  /** When it goes on by itself, in milliseconds since the Unix epoch. */
  readonly until?: number;
}

/** A suspension is over. */
export interface NodeResumeEvent extends StepEventBase {
  readonly type: 'node-resume';
  readonly value?: Json;
  /** Who answered, where whoever called `espalier.signal` said so. */
  readonly by?: Json;
  readonly error?: SerializedError;
}

/** A node has settled with an output, an error, or neither because the run was cancelled. */
export interface NodeEndEvent extends NodeEventBase {
  readonly type: 'node-end';
  readonly status: NodeEndStatus;
  readonly output?: Json;
  readonly error?: SerializedError;
  /** Its writes to shared state, by the state's name. */
  readonly writes?: readonly StateWrite[];
}

/** One write of a node to shared state. */
export interface StateWrite {
  readonly state: string;
  readonly field: string;
  readonly value: Json;
}

export interface NodeSkipEvent extends EventBase {
  readonly type: 'node-skip';
  readonly node: string;
  readonly reason: SkipReason;
}

export interface ModelStartEvent extends StepEventBase {
  readonly type: 'model-start';
  readonly model: string;
  /** The exact request, or only what is new in it: see `after`. {@link requestOf} gives it whole. */
  readonly request: ChatRequest;
  /**
   * The step, of the same node and attempt, whose request this one goes on from: `request` has the messages that follow, and
   * of the rest what is not as it was.
   */
  readonly after?: string;
}

export interface ModelEndEvent extends StepEventBase {
  readonly type: 'model-end';
  readonly value?: ChatResponse;
  readonly error?: SerializedError;
  /** What a call that failed has used, estimated: it was cut off, or failed after text of its answer was read. */
  readonly usage?: Usage;
  /** Text of its answer was read before it failed: no other model is asked. */
  readonly shown?: true;
  /** Its attempt was over before its answer: it has no result, and is made again where the attempt is. */
  readonly aborted?: true;
}

export interface ToolStartEvent extends StepEventBase {
  readonly type: 'tool-start';
  readonly tool: string;
  readonly callId: string;
  /** As the model wrote them. */
  readonly arguments: string;
}

export interface ToolEndEvent extends StepEventBase {
  readonly type: 'tool-end';
  readonly tool: string;
  readonly callId: string;
  readonly value?: ToolOutcome;
  readonly error?: SerializedError;
}

/** What goes back to the model. */
export interface ToolOutcome {
  readonly content: string;
  readonly failed: boolean;
}

/** A `ctx.step`, a `ctx.call`, a use of a memory or of notes, or a reading of the time or of randomness. */
export interface StepEndEvent extends StepEventBase {
  readonly type: 'step-end';
  readonly value?: Json;
  readonly error?: SerializedError;
  /** What a child run has used: it counts against the budgets of its parent. */
  readonly spent?: BudgetLimits;
  /** What vectors of texts have cost: of notes that were kept or searched. */
  readonly usage?: Usage;
}

/** Text as it comes from a model. Transient: it is not recorded; the whole answer is. */
export interface TextDeltaEvent extends StepEventBase {
  readonly type: 'text-delta';
  readonly text: string;
}

/** What the journal keeps, in order of `seq`. */
export type JournalRecord =
  | RunStartEvent
  | RunEndEvent
  | RunSuspendEvent
  | RunResumeEvent
  | RunMigrateEvent
  | NodeStartEvent
  | NodeFanOutEvent
  | NodeRetryEvent
  | NodeFallbackEvent
  | NodeSuspendEvent
  | NodeResumeEvent
  | NodeEndEvent
  | NodeSkipEvent
  | ModelStartEvent
  | ModelEndEvent
  | ToolStartEvent
  | ToolEndEvent
  | StepEndEvent;

/** What subscribers see: every record, and the transient events between them. Plain data. */
export type Event = JournalRecord | TextDeltaEvent;

/** The records that hold the result of a step: replay reads them instead of doing the step again. */
export type StepRecord = ModelEndEvent | ToolEndEvent | StepEndEvent | NodeResumeEvent;

type Unplaced<E> = E extends EventBase ? Omit<E, Exclude<keyof EventBase, 'sensitive'>> : never;
/** A record before the run has given it its place. */
export type RecordBody = Unplaced<JournalRecord>;
