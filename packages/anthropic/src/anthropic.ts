import type { ChatChunk, ChatModel, ChatRequest, ChatResponse, PriceTable } from '@espalier/core';
import { type Answered, askStream, askWhole, isLong } from './call.js';
import { type AnthropicClient, checkSettings, createClient } from './client.js';
import { modelErrorOf } from './errors.js';
import { fromResponse } from './from-response.js';
import { heldBack, isHeldBack } from './hold-back.js';
import { priceFor } from './prices.js';
import { checkSchema } from './schema.js';
import { toRequest, type WireRequest } from './to-request.js';
import { tellUnknownSettings } from './unknown-settings.js';
import { sumOfUsage } from './usage.js';

/** How to reach a model of Anthropic's, and what holds for all its calls. */
export interface AnthropicOptions {
  /** @default the environment's ANTHROPIC_API_KEY */
  readonly apiKey?: string;
  /** @default the environment's ANTHROPIC_BASE_URL, or Anthropic's own */
  readonly baseURL?: string;
  /**
   * A client of `@anthropic-ai/sdk` to share, in place of `apiKey` and `baseURL`; also one for Bedrock or Google Cloud.
   * Its retries and its timeout are not used: those are the runtime's.
   */
  readonly client?: AnthropicClient;
  /** Prices by model, before those that the package knows. */
  readonly prices?: PriceTable;
  /**
   * Upper bound of an answer in tokens, thinking included, where the request sets none: Anthropic requires one.
   * @default 16000; 4096 or 8192 for models before Claude 3.7
   */
  readonly maxOutputTokens?: number;
  /**
   * Whether Anthropic holds the model to the schemas of tools, as far as its limits go. Arguments are validated anyway.
   * @default true
   */
  readonly strictTools?: boolean;
}

/** Turns of one answer: a model that runs tools of Anthropic's may pause as often. */
const MAX_PAUSES = 10;

/**
 * A Claude model, by Anthropic's Messages API.
 *
 * `settings.providers.anthropic` of a request is merged into its body.
 * @throws model-auth when `apiKey` is empty; option-invalid when `baseURL` is no URL
 * @example
 * createEspalier({ models: { default: anthropic('claude-haiku-4-5') }, … });
 * @since 0.1.0
 */
export function anthropic(model: string, options: AnthropicOptions = {}): ChatModel {
  const { apiKey, baseURL, prices, maxOutputTokens, strictTools } = options;
  const name = `anthropic:${model}`;
  checkSettings(options, name);
  const tell = tellUnknownSettings(name);
  let client: Promise<AnthropicClient> | undefined;
  const connect = (): Promise<AnthropicClient> => {
    client ??= options.client === undefined ? createClient({ apiKey, baseURL }, name) : Promise.resolve(options.client);
    return client;
  };

  /** Chunks of the answer, and the answer. A turn that Anthropic paused is gone on with. */
  async function* ask(
    request: ChatRequest,
    signal: AbortSignal,
    streamed: boolean,
  ): AsyncGenerator<ChatChunk, ChatResponse, undefined> {
    tell(request.settings);
    const sdk = await connect();
    let soFar: ChatResponse | undefined;
    for (let pauses = 0; ; pauses++) {
      const messages = soFar === undefined ? request.messages : [...request.messages, soFar.message];
      const wire = toRequest({ ...request, messages }, model, { maxOutputTokens, strictTools });
      let answered: Answered;
      try {
        answered =
          streamed || isLong(wire.params)
            ? yield* shown(askStream(sdk, wire.params, signal), wire)
            : await askWhole(sdk, wire.params, name, signal);
      } catch (error) {
        throw modelErrorOf(error, name);
      }
      const { answer, requestId } = answered;
      const response = fromResponse(answer, wire, { requestId, prices });
      yield* heldBack(response, wire);
      soFar = soFar === undefined ? response : joined(soFar, response);
      if (answer.stop_reason !== 'pause_turn' || pauses === MAX_PAUSES) return soFar;
    }
  }

  const price = priceFor(model, 0, prices);
  return {
    name,
    ...(price === undefined ? {} : { price }),
    checkSchema,
    async generate(request, { signal }) {
      const aborting = linkedTo(signal);
      try {
        const answer = ask(request, aborting.signal, false);
        for (;;) {
          const step = await answer.next();
          if (step.done === true) return step.value;
        }
      } catch (error) {
        throw signal.aborted ? signal.reason : error; // whoever aborts a call gets the reason that they gave
      } finally {
        aborting.unlink();
      }
    },
    async *stream(request, { signal }) {
      const aborting = linkedTo(signal);
      try {
        yield { type: 'response', response: yield* ask(request, aborting.signal, true) };
      } catch (error) {
        throw signal.aborted ? signal.reason : error; // whoever aborts a call gets the reason that they gave
      } finally {
        aborting.unlink();
      }
    },
  };
}

async function* shown(
  stream: AsyncGenerator<ChatChunk, Answered, undefined>,
  wire: WireRequest,
): AsyncGenerator<ChatChunk, Answered, undefined> {
  try {
    for (;;) {
      const step = await stream.next();
      if (step.done === true) return step.value;
      if (!isHeldBack(step.value, wire)) yield step.value;
    }
  } finally {
    await stream.return(undefined as never); // who stops reading aborts the request
  }
}

/** A signal for one call, that follows another as long as the call lasts: the SDK leaves its listeners where they are. */
function linkedTo(signal: AbortSignal): { readonly signal: AbortSignal; unlink(): void } {
  const controller = new AbortController();
  const abort = (): void => controller.abort(signal.reason);
  if (signal.aborted) abort();
  else signal.addEventListener('abort', abort, { once: true });
  return { signal: controller.signal, unlink: () => signal.removeEventListener('abort', abort) };
}

/** Two parts of one answer. */
const joined = (first: ChatResponse, second: ChatResponse): ChatResponse => ({
  ...second,
  message: { role: 'assistant', content: [...first.message.content, ...second.message.content] },
  usage: sumOfUsage(first.usage, second.usage),
});
