import type { BegunBody, StepRecording } from '../engine/engine.js';
import type { RecordBody, StepRecord } from '../events/event.js';
import type { MaybePromise } from '../journal/maybe-promise.js';
import type { MemorySession } from '../memory/memory-session.js';
import type { AgentClass } from '../metadata/agent-class.js';
import type { Usage } from '../model/chat-model.js';
import type { BudgetLedger } from '../policies/budget-ledger.js';
import type { PolicyEnv } from '../policies/policy.js';
import type { Json } from '../schema/json.js';
import type { Learner, Marks } from '../sensitive/learn.js';
import type { ThreadSession } from '../thread/thread-session.js';
import type { ThreadEntry } from '../thread/thread-store.js';
import type { CompiledAgent } from './compiled-agent.js';

/** What policies on a tool may ask. */
export interface ToolEnv extends PolicyEnv {
  /** Counts an attempt: to be called whenever the tool's source is subscribed to. */
  began(): void;
}

/** Where a nested agent runs, and how long. */
export interface NestedPlace {
  /**
   * What tells its path `<node>/<name><suffix>` from others: the same whenever the call runs again, in any process and
   * in any order, so that a replay finds the records of this run of the agent and of no other.
   */
  readonly suffix: string;
  /** Calls back when nobody waits for it any more. @returns what forgets it */
  onStop(stop: () => void): () => void;
}

/** What the tool loop may ask of the attempt that it runs in. The runtime implements it. */
export interface GenerationScope {
  readonly runId: string;
  /** Node path. */
  readonly node: string;
  readonly attempt: number;
  readonly signal: AbortSignal;
  readonly input: unknown;
  readonly identity: unknown;
  /** The innermost budget that calls are charged to, if there is any. */
  readonly ledger: BudgetLedger | undefined;
  readonly agent: CompiledAgent;
  /** Takes up sensitive values that the run meets. */
  readonly learner: Learner;
  /** The thread that the run is part of, if it is part of one. */
  readonly thread: ThreadSession | undefined;
  /** Takes text while it comes, and is waited for; nothing where nobody streams. */
  readonly onText: ((text: string) => Promise<void>) | undefined;

  /** Name of the next call of `generate` or `stream`: the given key, or `generate[n]`. @throws step-duplicate */
  callName(key: string | undefined): string;
  /**
   * Gives the recorded result of a step of this attempt, or performs and records it.
   * @throws run-cancelled and the like when the attempt is over
   */
  task<T>(step: string, perform: () => MaybePromise<T>, recording: StepRecording<T>): Promise<T>;
  /** The step's result, where it is on record: then it will not be performed. */
  recorded(step: string): StepRecord | undefined;
  /** Tells what a step that is on record would be asked now: a replay compares. */
  compare(body: BegunBody): void;
  record(body: RecordBody): MaybePromise<void>;
  /** Appends a record while the attempt ends; none where the run goes on elsewhere, and makes the attempt again. */
  note(body: RecordBody): void;
  emitText(step: string, text: string): void;
  /** What all calls of `generate` in this attempt share: made by the first that asks, whether that fails or not. */
  once<T>(key: string, make: () => Promise<T>): Promise<T>;
  /** Memories and notes of whom the run is for. @param prefix begins the names of their steps */
  memories(prefix: string): MemorySession;
  /** Appends to the thread of the run once the node has completed. */
  keep(entry: ThreadEntry): void;
  /** Milliseconds since the Unix epoch. */
  now(): number;
  /** Counts one model call of this attempt; one on record is in the run's usage already. @throws model-calls-exceeded */
  countModelCall(recorded: boolean): void;
  /** Counts one tool call of this attempt; one on record is in the run's usage already. @throws tool-calls-exceeded */
  countToolCall(recorded: boolean): void;
  /** Adds the tokens and the price of a call to the run's usage. */
  spend(usage: Usage): void;
  /** What policies on a tool may ask. */
  toolEnv(tool: string, inputs: readonly unknown[]): ToolEnv;
  /** Runs an agent as a nested node and gives its output. */
  runAgent(agent: AgentClass, inputs: readonly unknown[], place: NestedPlace): Promise<Json | undefined>;
  /** Suspends until a person answers. @returns the checked answer */
  approve(step: string, request: Json, marks: Marks): Promise<{ readonly approved: boolean; readonly reason?: string }>;
  /** True when the reader of the stream stopped before its end. */
  readonly stopped: boolean;
  /** True when the attempt is over. */
  readonly isOver: boolean;
  /** @throws the reason why the attempt, or the stream, is over */
  assertOpen(): void;
  /** Calls back when the attempt is over. @returns what forgets it */
  onClose(cleanup: () => void): () => void;
  /** Why the attempt is over. */
  overReason(): Error;
  /** The same attempt with a reader of the text that comes; `stop` forgets it, and may abort what it asks for. */
  streaming(onText: (text: string) => Promise<void>): GenerationScope & { stop(abort: boolean): void };
  /** The scope of an agent that the conversation is handed to: path `<node>/<name>`. */
  handOff(agent: CompiledAgent): GenerationScope;
}
