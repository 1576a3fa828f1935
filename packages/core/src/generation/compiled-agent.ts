import type { Memory } from '../memory/memory.js';
import type { AgentClass } from '../metadata/agent-class.js';
import type { AgentDefinition } from '../metadata/agent-definition.js';
import type { HandoffPass } from '../metadata/agent-metadata.js';
import type { ChatSettings, ToolDefinition } from '../model/chat-model.js';
import type { Policy } from '../policies/policy.js';
import type { SchemaOf } from '../schema/schema.js';
import type { ThreadSettings } from '../thread/thread-options.js';
import type { ToolContext } from '../tools/tool-context.js';
import type { CompiledModel } from './compiled-model.js';

/** An agent with everything resolved that its decorators only name. Made once, at boot. */
export interface CompiledAgent {
  readonly name: string;
  readonly definition: AgentDefinition;
  readonly instance: object;
  /** The instance's `run`, looked up once. */
  readonly run: ((...args: unknown[]) => unknown) | undefined;
  /** Shape of the output, where one is declared. */
  readonly output: SchemaOf | undefined;
  /** What is needed to call a model; nothing for a plain code agent. */
  readonly generation: AgentGeneration | undefined;
}

export interface AgentGeneration {
  readonly ask: typeof import('./ask-model.js');
  readonly instructions: string | undefined;
  readonly model: CompiledModel;
  /** All registered models, for a call that names another. */
  readonly models: ReadonlyMap<string, CompiledModel>;
  readonly settings: ChatSettings | undefined;
  readonly tools: ReadonlyMap<string, CompiledTool>;
  readonly maxTurns: number;
  readonly maxModelCalls: number;
  readonly maxToolCalls: number;
  readonly corrections: number;
  readonly handoff: CompiledHandoff | undefined;
  /** How the agent takes part in the thread of a run, if it does. */
  readonly thread: ThreadSettings | undefined;
  /** Memories that stand before its prompts. */
  readonly memories: readonly Memory[];
}

export interface CompiledHandoff {
  readonly max: number;
  /** Resolved when first asked: hand-offs may point back. */
  readonly targets: () => readonly CompiledAgent[];
  /** What of the conversation is passed on; all of it without this. */
  readonly pass: HandoffPass | undefined;
}

/** A tool that a model may call. */
export interface CompiledTool {
  readonly definition: ToolDefinition;
  /** Shape of the arguments. */
  readonly input: SchemaOf;
  readonly approval: boolean;
  readonly policies: readonly Policy[];
  /** `Class.method`, or the agent's class name: for messages. */
  readonly origin: string;
  /** The most characters of its output that the model gets. */
  readonly maxOutput: number;
  /** What makes two calls the same to whoever has the effect. */
  readonly idempotencyKey?: ((args: unknown) => string) | undefined;
  /** The agent that it runs, for one made by `asTool`. */
  readonly agent?: AgentClass;
  /** Runs the tool on checked arguments. */
  call(args: unknown, context: ToolContext): unknown;
}
