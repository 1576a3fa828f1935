import type { FinishReason, Json, Usage } from '@espalier/core';

/** One call of a tool in a {@link ProviderTurn}. */
export interface ProviderToolCall {
  readonly tool: string;
  /** A text goes out as it is, malformed or not; anything else as JSON. */
  readonly arguments: Json;
  /** @default one of the form that the provider gives */
  readonly id?: string;
}

/**
 * What a provider's model answers, in no provider's words: {@link startProviderServer} writes it in the wire format.
 *
 * @example { text: 'Let me look.', calls: [{ tool: 'search', arguments: { query: 'tides' } }] }
 * @since 0.1.0
 */
export interface ProviderTurn {
  readonly text?: string;
  /** The text in the pieces in which it is streamed. Without it, a piece for each word. */
  readonly deltas?: readonly string[];
  /** Thinking that comes before the text. */
  readonly reasoning?: string;
  /** The model's words of refusal, in place of a text. */
  readonly refusal?: string;
  readonly calls?: readonly ProviderToolCall[];
  /** @default what follows from the turn: `refusal`, `tool-calls` or `stop` */
  readonly finishReason?: FinishReason;
  /** Tokens, as the port counts them: `inputTokens` has the cached ones in it. @default estimates */
  readonly usage?: Partial<Omit<Usage, 'cost'>>;
  /** The model that answers. @default the one that was asked for */
  readonly model?: string;
  /** Headers of the answer beside the usual ones. */
  readonly headers?: Readonly<Record<string, string>>;
  /** Milliseconds before the answer and before each delta. @default 0 */
  readonly delay?: number;
  /** What goes wrong with this answer. */
  readonly fault?: ProviderFault;
}

/**
 * What goes wrong with an answer:
 * - `disconnect`: the connection is cut. With `after`, once so many deltas are out; else before the answer.
 * - `hang`: nothing more comes, and the connection stays open. With `after` as above.
 * - `truncate`: the answer ends well, as far as HTTP goes, but without its last events, or with half of its JSON.
 * - `garbage`: what comes is not JSON.
 * - `error-event`: the provider tells in the stream that it failed. A request that asked for no stream gets HTTP 500.
 */
export interface ProviderFault {
  readonly type: 'disconnect' | 'hang' | 'truncate' | 'garbage' | 'error-event';
  /** Deltas (of text, reasoning and arguments) that go out first. @default 0 */
  readonly after?: number;
  /** What the provider says in an `error-event`. @default its words for being overloaded */
  readonly message?: string;
  /** Its own code for that, such as `rate_limit_error`. */
  readonly code?: string;
}

/**
 * An HTTP error in the provider's own format.
 *
 * @example { status: 429, headers: { 'retry-after': '2' } }
 * @since 0.1.0
 */
export interface ProviderError {
  readonly status: number;
  /** @default the provider's usual words */
  readonly message?: string;
  /** OpenAI's `error.code`, Anthropic's `error.type`. @default what goes with the status */
  readonly code?: string;
  readonly headers?: Readonly<Record<string, string>>;
  /** In place of the provider's format, such as a proxy's HTML page. */
  readonly body?: string;
}

/**
 * An error whose status and words differ from provider to provider:
 * - `context-length`: the prompt is longer than the model can read
 * - `quota`: the account has nothing left to pay with
 * - `content-filter`: the prompt was stopped by a filter
 *
 * @example { reason: 'context-length' }
 * @since 0.1.0
 */
export interface ProviderRefusal {
  readonly reason: 'context-length' | 'quota' | 'content-filter';
}

/** What a server answers a request with. */
export type ProviderReply = ProviderTurn | ProviderError | ProviderRefusal;

/** A turn with nothing left open. */
export interface Answer {
  readonly model: string;
  readonly reasoning: readonly string[];
  readonly text: readonly string[];
  readonly refusal: readonly string[];
  readonly calls: readonly { readonly id: string | undefined; readonly tool: string; readonly arguments: string }[];
  readonly finishReason: FinishReason;
  readonly usage: Required<Omit<Usage, 'cost'>>;
}

/** @param size length of the request's body, for the estimate of its tokens */
export function readTurn(turn: ProviderTurn, model: string, size: number): Answer {
  const text = turn.deltas ?? wordsOf(turn.text ?? '');
  const calls = (turn.calls ?? []).map((call) => ({
    id: call.id,
    tool: call.tool,
    arguments: typeof call.arguments === 'string' ? call.arguments : JSON.stringify(call.arguments),
  }));
  const reasoning = wordsOf(turn.reasoning ?? '');
  const refusal = wordsOf(turn.refusal ?? '');
  const length = [...text, ...refusal, ...calls.map((call) => call.arguments)].join('').length;
  const thought = tokens(reasoning.join('').length);
  return {
    model: turn.model ?? model,
    reasoning,
    text,
    refusal,
    calls,
    finishReason: turn.finishReason ?? (refusal.length > 0 ? 'refusal' : calls.length > 0 ? 'tool-calls' : 'stop'),
    usage: {
      inputTokens: tokens(size),
      outputTokens: tokens(length) + thought,
      cachedInputTokens: 0,
      cacheWriteTokens: 0,
      reasoningTokens: thought,
      ...turn.usage,
    },
  };
}

const tokens = (characters: number): number => Math.ceil(characters / 4);

/** Words with the space before them, as models stream them. */
const wordsOf = (text: string): readonly string[] => text.match(/\s*\S+\s*$|\s*\S+|\s+$/g) ?? [];

/** Arguments in pieces of a few characters, never between the halves of a surrogate pair. */
export const piecesOf = (text: string): readonly string[] => text.match(/[\s\S]{1,12}/gu) ?? [];
