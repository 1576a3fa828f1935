import type { Duration } from '../clock/duration.js';
import type { SerializedError } from '../errors/espalier-error.js';
import type { Workflow } from '../graph/workflow.js';
import type { Memory, MemoryHandle } from '../memory/memory.js';
import type { Notes, NotesHandle } from '../memory/notes.js';
import type { ChatSettings } from '../model/chat-model.js';
import type { Prompt } from '../model/prompt.js';
import type { SchemaSource } from '../schema/schema.js';
import type { StateHandle } from '../state/state-handle.js';

export interface GenerateOptions {
  /** Name of a registered model. @default the agent's */
  readonly model?: string;
  readonly settings?: ChatSettings;
  /** `false` leaves this call out of the run's thread. @default what the agent's `thread` says */
  readonly thread?: false;
  /** Names this call in the journal, where several run at the same time. @default its number within the attempt */
  readonly key?: string;
}

export interface WaitOptions {
  /** How long to wait. @default forever */
  readonly timeout?: Duration;
  /** Shown to whoever answers: what is asked, as plain data. */
  readonly request?: unknown;
}

/** What a durable step gets. */
export interface StepContext {
  /** The same whenever the step runs again: give it to the service that has the effect. */
  readonly idempotencyKey: string;
  readonly signal: AbortSignal;
  /** As `ctx.memory`, which is not for use inside a step: a step that is on record is not performed again. @throws memory-scope-missing */
  memory<T>(memory: Memory<T>): MemoryHandle<T>;
  /** As `ctx.notes`, for use inside a step. @throws memory-scope-missing */
  notes(notes: Notes): NotesHandle;
}

/** What an agent may do besides computing: the last argument of `run()`. */
export interface RunContext<Input = unknown> {
  readonly runId: string;
  /** Node path, such as `section[3]`. */
  readonly node: string;
  /** Number of this attempt, from 1. */
  readonly attempt: number;
  /** The run's input. */
  readonly input: Input;
  /** Aborts when the attempt times out or the run is cancelled. */
  readonly signal: AbortSignal;
  /** Who asked for the run, as given to `start`. */
  readonly identity: unknown;
  /** The thread that the run is part of, as given to `start`. */
  readonly threadId: string | undefined;
  /** `@ForEach`: index of the item, from 0. */
  readonly index: number | undefined;
  /** `@Repeat`: number of the iteration, from 1. */
  readonly iteration: number | undefined;
  /** `@Repeat`: output of the iteration before. */
  readonly previous: unknown;
  /** `@Fallback`: why the agent failed whose place this one takes, as plain data. Also after a restart. */
  readonly failure: SerializedError | undefined;

  /** Asks the model and gives its text. The agent's tools are at hand. */
  generate(prompt: Prompt, options?: GenerateOptions): Promise<string>;
  /** Asks the model for data of this shape; what does not match goes back to the model, a bounded number of times. */
  generate<T>(schema: SchemaSource<T>, prompt: Prompt, options?: GenerateOptions): Promise<T>;
  /** Gives the model's text while it comes. After a restart, the recorded text comes as one piece. */
  stream(prompt: Prompt, options?: GenerateOptions): AsyncIterable<string>;

  /** Shared state as this node sees it: the initial state and the writes of its ancestors. */
  state<S extends object>(state: new () => S): StateHandle<S>;

  /**
   * A value that outlives runs, as declared by `defineMemory`: that of whoever its scope names.
   * @throws memory-scope-missing where the run's identity does not say who that is
   */
  memory<T>(memory: Memory<T>): MemoryHandle<T>;
  /**
   * Texts that outlive runs and are found by their meaning, as declared by `defineNotes`.
   * @throws memory-scope-missing
   */
  notes(notes: Notes): NotesHandle;

  /**
   * A side effect that is recorded: once it has succeeded it does not run again, whatever happens. A failure counts for its
   * attempt: the next one runs it again. Inside it, use what the step is given and nothing of `ctx`: names of steps would shift
   * once it is on record.
   */
  step<T>(name: string, perform: (step: StepContext) => T | Promise<T>): Promise<T>;
  /**
   * Runs another workflow as a child of this run: cancelled and budgeted with it. Declared by `@Calls`.
   * @throws call-undeclared, calls-exceeded, and what the child run fails with
   */
  call<I, O>(workflow: Workflow<I, O>, input: NoInfer<I>): Promise<O>;
  /** Suspends the node until `espalier.signal(runId, name, value)` answers. */
  waitFor<T>(name: string, schema: SchemaSource<T>, options?: WaitOptions): Promise<T>;
  /** Waits; a restart does not begin anew. */
  sleep(duration: Duration): Promise<void>;

  /** Milliseconds since the Unix epoch; the same when replayed. */
  now(): number;
  /** A number in [0, 1); the same when replayed. */
  random(): number;
  /** A random UUID; the same when replayed. */
  uuid(): string;
}
