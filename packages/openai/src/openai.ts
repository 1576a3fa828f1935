import {
  type ChatChunk,
  type ChatModel,
  type ChatOptions,
  type ChatRequest,
  type ChatResponse,
  priceOf,
} from '@espalier/core';
import { askWhole } from './ask-whole.js';
import { chatApi } from './chat/chat-api.js';
import { createClient, type OpenAIClient } from './client.js';
import { failed } from './errors.js';
import { type ModelSetup, type OpenAIOptions, setupOf } from './options.js';
import { priceFor } from './prices.js';
import { responsesApi } from './responses/responses-api.js';
import { loweredSchema } from './schema.js';
import { tellUnknownSettings } from './unknown-settings.js';

/**
 * A model of OpenAI's, by the Responses API or by Chat Completions.
 *
 * `settings.providers.openai` of a request is merged into its body.
 * @throws option-invalid; model-auth for an `apiKey` that is empty or cannot be sent
 * @example
 * createEspalier({ models: { default: openai('gpt-5.5') }, … });
 * @since 0.1.0
 */
export const openai = (model: string, options: OpenAIOptions = {}): ChatModel =>
  chatModel(setupOf(model, options, false));

/**
 * A model on a server that speaks OpenAI's API: Ollama, vLLM, OpenRouter, DeepSeek and many more. It is asked by Chat
 * Completions, with few parameters, and gets neither OpenAI's key nor its prices.
 * @throws option-invalid; model-auth for an `apiKey` that is empty or cannot be sent
 * @example
 * openaiCompatible('http://localhost:11434/v1', 'llama3.3', { name: 'ollama' });
 * @since 0.1.0
 */
export const openaiCompatible = (
  baseURL: string,
  model: string,
  options: Omit<OpenAIOptions, 'baseURL' | 'client'> = {},
): ChatModel => chatModel(setupOf(model, { ...options, baseURL }, true));

function chatModel(setup: ModelSetup): ChatModel {
  const api = setup.api === 'chat' ? chatApi : responsesApi;
  const tell = tellUnknownSettings(setup);
  let client = setup.client;
  let connecting: Promise<OpenAIClient> | undefined;

  /** @throws what the call was aborted with */
  const connect = ({ settings }: ChatRequest, { signal }: ChatOptions): OpenAIClient | Promise<OpenAIClient> => {
    signal.throwIfAborted();
    tell(settings);
    if (client !== undefined) return client;
    connecting ??= createClient(setup).then((made) => {
      client = made;
      return made;
    });
    return connecting;
  };

  async function* stream(request: ChatRequest, options: ChatOptions): AsyncGenerator<ChatChunk, void, undefined> {
    try {
      const response = yield* api.stream(await connect(request, options), request, options, setup);
      yield { type: 'response', response };
    } catch (error) {
      throw failed(error, setup, options);
    }
  }

  const price = setup.compatible
    ? priceOf(setup.model, setup.prices)
    : priceFor(setup.model, 0, undefined, setup.prices);
  return {
    name: setup.fullName,
    ...(price === undefined ? {} : { price }),
    checkSchema: (schema) => loweredSchema(schema, setup.strict).issues,
    generate: (request, options) =>
      isLong(request, setup) ? whole(stream(request, options)) : askWhole(api, connect, request, options, setup),
    stream,
  };
}

/**
 * Answers that may take minutes are streamed even where nobody reads along: a connection on which nothing comes for five
 * minutes is cut, by Node's `fetch` for one.
 */
function isLong({ settings }: ChatRequest, { compatible, model }: ModelSetup): boolean {
  if (compatible) return false;
  return settings?.reasoning === 'high' || settings?.reasoning === 'max' || /-pro(?:-|$)/.test(model);
}

/** The answer of a stream that has one, or has thrown. */
async function whole(stream: AsyncIterable<ChatChunk>): Promise<ChatResponse> {
  let answer: ChatResponse | undefined;
  for await (const chunk of stream) if (chunk.type === 'response') answer = chunk.response;
  return answer as ChatResponse;
}
