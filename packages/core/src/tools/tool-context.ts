import type { Memory, MemoryHandle } from '../memory/memory.js';
import type { Notes, NotesHandle } from '../memory/notes.js';
import type { AgentClass } from '../metadata/agent-class.js';
import type { Json } from '../schema/json.js';

/** What a `@Tool` method may take after its arguments. */
export interface ToolContext {
  readonly runId: string;
  /** Path of the node whose model calls the tool. */
  readonly node: string;
  readonly attempt: number;
  /** Id of the model's call. */
  readonly callId: string;
  /** The run's input. */
  readonly input: unknown;
  /** Who asked for the run. */
  readonly identity: unknown;
  /** Aborts when the tool times out or the run is cancelled. */
  readonly signal: AbortSignal;
  /** The same whenever this call runs again: give it to the service that has the effect. */
  readonly idempotencyKey: string;
  /** A value that outlives runs, as `ctx.memory` of `run()` gives it. @throws memory-scope-missing */
  memory<T>(memory: Memory<T>): MemoryHandle<T>;
  /** Texts that outlive runs, as `ctx.notes` of `run()` gives them. @throws memory-scope-missing */
  notes(notes: Notes): NotesHandle;
  /** Runs an agent as a nested node. Tools made by `asTool` use it. */
  runAgent(agent: AgentClass, inputs: readonly unknown[]): Promise<Json | undefined>;
}
