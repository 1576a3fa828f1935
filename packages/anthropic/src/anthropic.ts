import {
  type ChatChunk,
  type ChatModel,
  type ChatRequest,
  type ChatResponse,
  followSignal,
  heldBack,
  isHeldBack,
} from '@espalier/core';
import { type Answered, askStream, askWhole, isLong } from './call.js';
import { type AnthropicClient, createClient, requestOptions } from './client.js';
import { modelErrorOf } from './errors.js';
import { fromResponse } from './from-response.js';
import { type AnthropicOptions, checkOptions } from './options.js';
import { priceFor } from './prices.js';
import { checkSchema } from './schema.js';
import { toRequest, type WireRequest } from './to-request.js';
import { tellUnknownSettings } from './unknown-settings.js';
import { sumOfUsage } from './usage.js';

/** Turns of one answer: a model that runs tools of Anthropic's may pause as often. */
const MAX_PAUSES = 10;

/**
 * A Claude model, by Anthropic's Messages API.
 *
 * `settings.providers.anthropic` of a request is merged into its body.
 * @throws option-invalid; model-auth for an `apiKey` that is empty or cannot be sent
 * @example
 * createEspalier({ models: { default: anthropic('claude-haiku-4-5') }, … });
 * @since 0.1.0
 */
export function anthropic(model: string, options: AnthropicOptions = {}): ChatModel {
  checkOptions(model, options);
  const { headers, prices, maxOutputTokens, strictTools } = options;
  const name = `anthropic:${model}`;
  const tell = tellUnknownSettings(name);
  let client: Promise<AnthropicClient> | undefined;
  const connect = (): Promise<AnthropicClient> => {
    client ??= options.client === undefined ? createClient(options, name) : Promise.resolve(options.client);
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
    const sending = requestOptions(signal, headers);
    for (let pauses = 0; ; pauses++) {
      const messages = soFar === undefined ? request.messages : [...request.messages, soFar.message];
      const wire = toRequest({ ...request, messages }, model, { maxOutputTokens, strictTools });
      let answered: Answered;
      try {
        answered =
          streamed || isLong(wire.params)
            ? yield* shown(askStream(sdk, wire.params, sending), wire)
            : await askWhole(sdk, wire.params, name, sending);
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
    checkSchema: (schema, use) => checkSchema(schema, use, strictTools ?? true),
    async generate(request, { signal }) {
      const aborting = followSignal(signal);
      try {
        const answer = ask(request, aborting.signal, false);
        for (;;) {
          const step = await answer.next();
          if (step.done === true) return step.value;
        }
      } catch (error) {
        throw signal.aborted ? signal.reason : error; // whoever aborts a call gets the reason that they gave
      } finally {
        aborting.release();
      }
    },
    async *stream(request, { signal }) {
      const aborting = followSignal(signal);
      try {
        yield { type: 'response', response: yield* ask(request, aborting.signal, true) };
      } catch (error) {
        throw signal.aborted ? signal.reason : error; // whoever aborts a call gets the reason that they gave
      } finally {
        aborting.release();
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

/** Two parts of one answer. */
const joined = (first: ChatResponse, second: ChatResponse): ChatResponse => ({
  ...second,
  message: { role: 'assistant', content: [...first.message.content, ...second.message.content] },
  usage: sumOfUsage(first.usage, second.usage),
});
