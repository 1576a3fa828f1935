import type { ProviderReply } from '../server/turn.js';

/** One request as the provider of a conformance test saw it. */
export interface ScriptedProviderRequest {
  readonly headers: Readonly<Record<string, string>>;
  /** Parsed. */
  readonly body: unknown;
  /** Resolves once the client hangs up before it has the whole answer. */
  readonly aborted: Promise<void>;
  /** The id that stands in the answer's header, where the provider gives one. */
  readonly requestId?: string;
  /** Parts of the provider's own reasoning that come back in this request, unchanged; none where it can't tell. */
  readonly reasoningParts?: number;
}

/** Answers a request by what it holds. Nothing: the next scripted reply. */
export type ScriptedProviderReplyTo = (request: ScriptedProviderRequest) => ProviderReply | undefined;

/**
 * A provider whose answers a test writes. `startProviderServer` is one; whose wire format it does not speak writes their
 * own. It has to refuse malformed requests as the real provider does: the suite counts on that.
 *
 * @since 0.1.0
 */
export interface ScriptedProvider {
  /** One reply a request, in order; a function is asked first, for each request. */
  reply(...replies: readonly (ProviderReply | ScriptedProviderReplyTo)[]): void;
  /** Every request since the start. */
  readonly requests: readonly ScriptedProviderRequest[];
  /** Resolves with the request of this index, once it has come. */
  request(index: number): Promise<ScriptedProviderRequest>;
  /** May be called more than once. */
  close(): Promise<void>;
}
