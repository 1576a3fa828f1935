import { type ChatModel, type ChatOptions, type ChatRequest, type ChatResponse, priceOf } from '@espalier/core';
import { chatApi } from './chat/chat-api.js';
import { createClient, type OpenAIClient } from './client.js';
import { modelErrorOf } from './errors.js';
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
  let client: Promise<OpenAIClient> | undefined;
  const connect = (): Promise<OpenAIClient> => {
    client ??= setup.client === undefined ? createClient(setup) : Promise.resolve(setup.client);
    return client;
  };

  const tell = tellUnknownSettings(setup);

  const price = setup.compatible
    ? priceOf(setup.model, setup.prices)
    : priceFor(setup.model, 0, undefined, setup.prices);
  return {
    name: setup.fullName,
    ...(price === undefined ? {} : { price }),
    checkSchema: (schema) => loweredSchema(schema, setup.strict).issues,
    async generate(request, options) {
      try {
        options.signal.throwIfAborted();
        tell(request.settings);
        const sdk = await connect();
        if (!isLong(request, setup)) return await api.ask(sdk, request, options, setup);
        return await whole(api.stream(sdk, request, options, setup));
      } catch (error) {
        throw failed(error, setup, options);
      }
    },
    async *stream(request, options) {
      try {
        options.signal.throwIfAborted();
        tell(request.settings);
        yield { type: 'response', response: yield* api.stream(await connect(), request, options, setup) };
      } catch (error) {
        throw failed(error, setup, options);
      }
    },
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

async function whole(stream: AsyncGenerator<unknown, ChatResponse, undefined>): Promise<ChatResponse> {
  for (;;) {
    const step = await stream.next();
    if (step.done === true) return step.value;
  }
}

/** Whoever aborts a call gets the reason that they gave. */
const failed = (error: unknown, { fullName }: ModelSetup, { signal }: ChatOptions): unknown =>
  signal.aborted ? signal.reason : modelErrorOf(error, fullName);
