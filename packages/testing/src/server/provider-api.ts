import type { Ids } from './ids.js';
import type { Answer, ProviderRefusal } from './turn.js';

/** JSON object of a request or an answer. */
export type Body = Readonly<Record<string, unknown>>;

/** Why a provider refuses a request. */
export interface Problem {
  /** @default 400 */
  readonly status?: number;
  readonly message: string;
  /** OpenAI's `error.code`, Anthropic's `error.type`. */
  readonly code?: string;
  /** The field that is wrong: OpenAI's `error.param`. */
  readonly param?: string;
}

/** One server-sent event. */
export interface WireEvent {
  /** The `event:` line, where the provider sends one. */
  readonly event?: string;
  readonly data: unknown;
  /** It carries a piece of the answer: faults count these. */
  readonly delta?: boolean;
  /** It belongs to the end that a truncated stream lacks. */
  readonly last?: boolean;
}

/** What one conversation with a server leaves behind, so that a later request can be checked against it. */
export interface Memory {
  /** Opaque reasoning that was given out, by its id or signature: what came with it. */
  readonly reasoning: Map<string, string>;
  /** Ids of tool calls that came with reasoning: the id or signature of that reasoning. */
  readonly calls: Map<string, string>;
}

/** What the answer to one request is made with. */
export interface Asked {
  readonly body: Body;
  readonly ids: Ids;
  readonly memory: Memory;
  readonly created: number;
}

/** One provider's wire format. */
export interface ProviderApi {
  readonly name: string;
  /** Paths that it answers. */
  readonly paths: readonly string[];
  /** What SDKs want as their `baseURL`, after the origin. */
  readonly basePath: string;
  readonly requestId: { readonly header: string; readonly prefix: string };
  /** The key of a request, out of its headers. */
  keyOf(header: (name: string) => string | undefined): string | undefined;
  /** What is wrong with the request; nothing where a real provider would take it. */
  check(body: Body, header: (name: string) => string | undefined, memory: Memory): Problem | undefined;
  /** How many parts of the reasoning that this server gave come back unchanged in this request. */
  reasoningIn(body: Body, memory: Memory): number;
  /** The whole answer as JSON. */
  body(answer: Answer, asked: Asked): Body;
  /** The answer as a stream. */
  events(answer: Answer, asked: Asked): Iterable<WireEvent>;
  /** What ends the stream after the last event, as it is on the wire. */
  readonly end?: string;
  error(problem: Problem, requestId: string): Body;
  /** What it says for a reason that has no status of its own. */
  readonly refusals: Readonly<Record<ProviderRefusal['reason'], Problem>>;
  errorEvent(problem: Problem, requestId: string): WireEvent;
  /** Headers of each answer. */
  readonly headers: Readonly<Record<string, string>>;
}
