import type { Json, JsonSchema } from '../schema/json.js';
import type { SchemaIssue } from '../schema/schema.js';
import type { AssistantMessage, Message } from './message.js';
import type { ModelPrice } from './price.js';

/** A tool as a model sees it. */
export interface ToolDefinition {
  readonly name: string;
  readonly description: string;
  readonly parameters: JsonSchema;
}

/** Whether the model may, must or must not call tools. */
export type ToolChoice = 'auto' | 'none' | 'required' | { readonly tool: string };

/** How hard a reasoning model thinks before it answers. Each provider's adapter says what it makes of it. */
export type ReasoningEffort = 'none' | 'low' | 'medium' | 'high' | 'max';

/** What is left out is the provider's default. */
export interface ChatSettings {
  readonly temperature?: number;
  readonly topP?: number;
  readonly seed?: number;
  /** Upper bound of the answer, reasoning included, in tokens. */
  readonly maxOutputTokens?: number;
  readonly stop?: readonly string[];
  readonly reasoning?: ReasoningEffort;
  /** Whether the model may call several tools in one turn. */
  readonly parallelToolCalls?: boolean;
  /** Asks the provider to keep the prompt for the next call, where that has to be asked for. */
  readonly promptCache?: boolean;
  /**
   * What only one provider knows, by provider: its adapter adds it to the request as it is, others do not look at it.
   * @example { openai: { service_tier: 'flex' } }
   */
  readonly providers?: Readonly<Record<string, Readonly<Record<string, Json>>>>;
}

/** One request, whole: nothing is added behind the user's back. Plain data. */
export interface ChatRequest {
  readonly messages: readonly Message[];
  readonly tools?: readonly ToolDefinition[];
  readonly toolChoice?: ToolChoice;
  /** The final answer must be JSON of this shape. */
  readonly output?: { readonly name: string; readonly schema: JsonSchema };
  readonly settings?: ChatSettings;
}

/** What a call used, in tokens. */
export interface Usage {
  readonly inputTokens: number;
  readonly outputTokens: number;
  /** Part of `inputTokens` that came from the provider's cache. */
  readonly cachedInputTokens?: number;
  /** Part of `inputTokens` that was written into the provider's cache. */
  readonly cacheWriteTokens?: number;
  /** Part of `outputTokens` that was reasoning. */
  readonly reasoningTokens?: number;
  /** In US dollars, where the provider's price is known. */
  readonly cost?: number;
}

export type FinishReason = 'stop' | 'tool-calls' | 'length' | 'content-filter' | 'refusal' | 'other';

/** One answer. Plain data. */
export interface ChatResponse {
  readonly message: AssistantMessage;
  readonly finishReason: FinishReason;
  readonly usage: Usage;
  /** The model that answered, as its provider names it. */
  readonly model: string;
  /** The provider's id of the request, for its support. */
  readonly requestId?: string;
}

export type ChatChunk =
  | { readonly type: 'text-delta'; readonly text: string }
  | { readonly type: 'reasoning-delta'; readonly text: string }
  | { readonly type: 'tool-call-delta'; readonly id: string; readonly tool: string; readonly arguments: string }
  /** Last, once: the whole answer. */
  | { readonly type: 'response'; readonly response: ChatResponse };

export interface ChatOptions {
  /** Aborts the request, down to the socket. */
  readonly signal: AbortSignal;
  /** The same for a call that is tried again after a crash. */
  readonly idempotencyKey: string;
}

/** What a schema is for: the arguments of a tool, or the model's answer. */
export type SchemaUse = 'tool' | 'output';

/**
 * The port behind which every model provider stands.
 *
 * A chat model makes one attempt: retries, timeouts and budgets are the runtime's. It throws errors with a
 * `code` and `retryable` (an {@link EspalierError}, or any Error that has both): {@link httpModelError} makes them of a
 * provider's HTTP answer.
 */
export interface ChatModel {
  /** Provider and model, such as `openai:gpt-5.5`: recorded with each answer. */
  readonly name: string;
  /**
   * What its tokens cost, where that is known: a budget of money sets it aside before a call, and an answer that tells no
   * cost is charged by it.
   */
  readonly price?: ModelPrice;
  /**
   * What this model cannot take of a schema: nothing, where it takes all. Asked for every tool at boot, and for an
   * answer's shape before it is first asked for. Without it, every schema goes.
   */
  checkSchema?(schema: JsonSchema, use: SchemaUse): readonly SchemaIssue[];
  generate(request: ChatRequest, options: ChatOptions): Promise<ChatResponse>;
  /** Without it, `ctx.stream` gives the whole answer as one chunk. */
  stream?(request: ChatRequest, options: ChatOptions): AsyncIterable<ChatChunk>;
}
