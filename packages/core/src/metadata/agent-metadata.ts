import type { Workflow } from '../graph/workflow.js';
import type { AgentMemory } from '../memory/agent-memory.js';
import type { ChatSettings } from '../model/chat-model.js';
import type { Message } from '../model/message.js';
import type { PolicyDefaults } from '../policies/order.js';
import type { SchemaSource } from '../schema/schema.js';
import type { MergeRule } from '../state/state-handle.js';
import type { ThreadOptions } from '../thread/thread-options.js';
import type { AgentClass } from './agent-class.js';
import type { Dependency } from './dependency.js';
import { metadataKey } from './metadata-key.js';
import type { SourceLocation } from './source-location.js';

/** A class that a container can make. */
// biome-ignore lint/suspicious/noExplicitAny: constructors differ
export type InjectableClass<T = unknown> = new (...args: any[]) => T;

/** What an injected value is known by. */
export type Token<T = unknown> = InjectableClass<T> | (abstract new (...args: never[]) => T) | string | symbol;

/** An agent as another agent's tool; made by `asTool`. */
export interface AgentTool {
  readonly kind: 'agent-tool';
  readonly agent: AgentClass;
  readonly name: string | undefined;
  readonly description: string | undefined;
  readonly input: SchemaSource | undefined;
}

export interface AgentOptions {
  /** Node name in the graph. @default the class name in kebab-case */
  readonly name?: string;
  /** One line for people, and for models that may call or hand off to the agent. */
  readonly description?: string;
  /** The system message. */
  readonly instructions?: string;
  /** Name of a registered model. @default 'default', for an agent that has instructions, tools or no `run` */
  readonly model?: string;
  /** More tools than the class's own: injectable classes with `@Tool` methods, or agents by `asTool`. */
  readonly tools?: readonly (InjectableClass | AgentTool)[];
  /** The output is checked against this schema before anything sees it. */
  readonly output?: SchemaSource;
  /** Most model calls in one tool loop. @default 8 @minimum 1 */
  readonly maxTurns?: number;
  /** Most model calls in one attempt, over all of its `ctx.generate` and `ctx.stream`. @default 16 @minimum 1 */
  readonly maxModelCalls?: number;
  /** Most tool calls in one attempt, over all of its model calls. @default 32 @minimum 1 */
  readonly maxToolCalls?: number;
  /** How often an answer of the wrong shape goes back to the model. @default 2 @minimum 0 */
  readonly corrections?: number;
  readonly settings?: ChatSettings;
  /**
   * Whether the agent takes part in the thread of a run that was started with a `threadId`: its model reads what was said
   * before, and what is said here is kept with the thread once the node has completed.
   * @default false
   */
  readonly thread?: boolean | ThreadOptions;
  /**
   * What the agent's model knows of what outlives runs: memories stand as sections before its prompt, notes it may search
   * by a tool.
   * @default none
   */
  readonly memory?: readonly AgentMemory[];
}

export interface AgentDeclaration {
  readonly options: AgentOptions;
  readonly location: SourceLocation;
}

export interface ToolOptions {
  /** What the model reads to choose the tool. */
  readonly description: string;
  /** @default the method's name */
  readonly name?: string;
  /** Shape of the arguments. @default the method's first parameter, where that is a class-validator class */
  readonly input?: SchemaSource;
  /** The call waits until a person approves it. @default false */
  readonly approval?: boolean;
  /** The most characters of the output that the model gets; longer ones are cut, and say so. @default 65536 @minimum 1 */
  readonly maxOutput?: number;
  /**
   * What makes two calls the same to whoever has the effect, such as `({ order }) => order`. Must be pure.
   * @default the place of the call: the same whenever this call runs again
   */
  // biome-ignore lint/suspicious/noExplicitAny: the arguments have been checked against `input`
  readonly idempotencyKey?: (args: any) => string;
}

/** The policies of a tool as options: each is the decorator of the same name. */
export type ToolPolicies = Pick<
  PolicyDefaults,
  'timeout' | 'retry' | 'concurrency' | 'rateLimit' | 'circuitBreaker' | 'cache'
>;

export interface ToolDeclaration extends ToolOptions {
  readonly method: string;
  /** `design:paramtypes` of the method. */
  readonly parameters: readonly unknown[] | undefined;
}

/** What a predicate may look at besides an output. All of it is the same whenever it is asked again. */
export interface PureContext<Input = unknown> {
  /** The run's input. */
  readonly input: Input;
}

export interface Condition {
  readonly source: AgentClass;
  /** Must be pure. */
  readonly predicate: (output: unknown, ctx: PureContext) => boolean;
}

export interface ForEachDeclaration {
  readonly source: AgentClass;
  /** Must be pure. */
  readonly items: (output: unknown, ctx: PureContext) => readonly unknown[];
  readonly concurrency: number | undefined;
  readonly max: number;
  readonly dependsOn: readonly Dependency[];
}

export interface RepeatDeclaration {
  /** Must be pure. */
  readonly until: (output: unknown, ctx: PureContext) => boolean;
  readonly max: number;
  /** What happens when `max` is reached before `until` holds. */
  readonly otherwise: 'fail' | 'keep-last';
}

/**
 * Chooses what of a conversation is passed on at a hand-off. Must be pure. System messages are not among what it gets;
 * tool calls that lose their results in it get results that say so.
 */
export type HandoffPass = (conversation: readonly Message[]) => readonly Message[];

export interface HandoffDeclaration {
  readonly targets: readonly AgentClass[];
  readonly max: number;
  readonly pass: HandoffPass | undefined;
}

export interface WritesDeclaration {
  readonly state: new () => object;
  readonly fields: readonly string[];
}

export interface CallsDeclaration {
  readonly workflow: Workflow;
  readonly max: number;
}

export interface SharedStateDeclaration {
  readonly name: string;
  readonly location: SourceLocation;
}

export const agentKey = metadataKey<AgentDeclaration>('agent');
/** Names of decorators that stand more than once on a class though only one can hold. */
export const repeatedKey = metadataKey<ReadonlySet<string>>('repeated');
export const toolsKey = metadataKey<ReadonlyMap<string, ToolDeclaration>>('tools');
export const dependsOnKey = metadataKey<readonly Dependency[]>('depends-on');
export const conditionsKey = metadataKey<readonly Condition[]>('conditions');
export const forEachKey = metadataKey<ForEachDeclaration>('for-each');
export const repeatKey = metadataKey<RepeatDeclaration>('repeat');
export const handoffKey = metadataKey<HandoffDeclaration>('handoff');
export const writesKey = metadataKey<readonly WritesDeclaration[]>('writes');
export const callsKey = metadataKey<readonly CallsDeclaration[]>('calls');
export const sharedStateKey = metadataKey<SharedStateDeclaration>('shared-state');
export const mergeRulesKey = metadataKey<ReadonlyMap<string, MergeRule<unknown>>>('merge-rules');
export const injectKey = metadataKey<ReadonlyMap<number, Token>>('inject');
