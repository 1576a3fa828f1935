import { type EmbeddingModel, EspalierError } from '@espalier/core';
import type { OpenAI } from 'openai';
import { createClient, requestOptions } from './client.js';
import { malformed, modelErrorOf } from './errors.js';
import { type ModelSetup, type OpenAIOptions, setupOf } from './options.js';

/** What the adapter needs of an SDK client. */
export type OpenAIEmbeddingClient = Pick<OpenAI, 'embeddings'>;

/** How to reach an embedding model. */
export interface OpenAIEmbeddingOptions extends Pick<OpenAIOptions, 'apiKey' | 'baseURL' | 'headers' | 'name'> {
  /** A client of the `openai` SDK to share, in place of `apiKey` and `baseURL`. Its retries and its timeout are not used. */
  readonly client?: OpenAIEmbeddingClient;
  /** Numbers in a vector, where the model can give fewer: the `text-embedding-3` models can. @default as many as it has @minimum 1 */
  readonly dimensions?: number;
  /** What a million tokens cost, in US dollars. @default OpenAI's list price, for `openaiEmbedding()` */
  readonly price?: number;
  /** Texts in one request. @default 256; 96 for `openaiCompatibleEmbedding()` @minimum 1 */
  readonly maxTexts?: number;
}

/**
 * List prices of OpenAI's embedding models, in US dollars a million tokens.
 * From https://developers.openai.com/api/docs/pricing, as of November 2026.
 */
const prices: Readonly<Record<string, number>> = {
  'text-embedding-3-small': 0.02,
  'text-embedding-3-large': 0.13,
  'text-embedding-ada-002': 0.1,
};

/**
 * An embedding model of OpenAI's, for notes that are found by their meaning.
 *
 * @returns named `openai:text-embedding-3-small`, with `@512` where `dimensions` are given: each length is a model of its own
 * @throws option-invalid; model-auth for an `apiKey` that is empty or cannot be sent
 * @example
 * createEspalier({ embeddings: { default: openaiEmbedding('text-embedding-3-small') }, … });
 * @since 0.1.0
 */
export const openaiEmbedding = (model: string, options: OpenAIEmbeddingOptions = {}): EmbeddingModel =>
  embeddingModel(model, { maxTexts: 256, ...options }, false);

/**
 * An embedding model on a server that speaks OpenAI's API: Ollama, vLLM, LM Studio and more. It gets neither OpenAI's key
 * nor its prices.
 * @throws option-invalid; model-auth for an `apiKey` that is empty or cannot be sent
 * @example
 * openaiCompatibleEmbedding('http://localhost:11434/v1', 'nomic-embed-text', { name: 'ollama' });
 * @since 0.1.0
 */
export const openaiCompatibleEmbedding = (
  baseURL: string,
  model: string,
  options: Omit<OpenAIEmbeddingOptions, 'baseURL' | 'client'> = {},
): EmbeddingModel => embeddingModel(model, { ...options, baseURL }, true);

function embeddingModel(name: string, options: OpenAIEmbeddingOptions, compatible: boolean): EmbeddingModel {
  const { dimensions, price, maxTexts, ...reach } = options;
  const caller = compatible ? 'openaiCompatibleEmbedding(baseURL, model, options)' : 'openaiEmbedding(model, options)';
  for (const [option, value] of Object.entries({ dimensions, maxTexts })) checkCount(value, `${caller}: ${option}`);
  if (price !== undefined && !(price >= 0)) throw invalid(`${caller}: price: expected a number from 0, got ${price}`);
  const setup = setupOf(name, reach as unknown as OpenAIOptions, compatible, caller);
  const cost = price ?? (compatible || !Object.hasOwn(prices, name) ? undefined : prices[name]);
  let client: Promise<OpenAIEmbeddingClient> | undefined;
  const connect = (): Promise<OpenAIEmbeddingClient> => {
    client ??= options.client === undefined ? createClient(setup) : Promise.resolve(options.client);
    return client;
  };
  return {
    name: dimensions === undefined ? setup.fullName : `${setup.fullName}@${dimensions}`,
    ...(cost === undefined ? {} : { price: cost }),
    ...(maxTexts === undefined ? {} : { maxTexts }),
    async embed(texts, { signal, idempotencyKey }) {
      try {
        signal.throwIfAborted();
        const sdk = await connect();
        const body = { model: name, input: [...texts], ...(dimensions === undefined ? {} : { dimensions }) };
        // Not all servers know the shorter encoding, which the SDK asks for by itself.
        const encoded = compatible ? { ...body, encoding_format: 'float' as const } : body;
        const response = await sdk.embeddings.create(encoded, requestOptions(signal, idempotencyKey, setup));
        return { vectors: vectorsOf(response, texts.length, setup), ...usageOf(response) };
      } catch (error) {
        throw signal.aborted ? signal.reason : modelErrorOf(error, setup.fullName);
      }
    },
  };
}

type Response = Awaited<ReturnType<OpenAIEmbeddingClient['embeddings']['create']>>;

/** In the order of the texts: each says which one it is of. */
function vectorsOf({ data }: Response, count: number, { fullName }: ModelSetup): readonly ArrayLike<number>[] {
  if (!Array.isArray(data) || data.length !== count) throw malformed(fullName, `no vectors for ${count} texts`);
  const vectors: ArrayLike<number>[] = [];
  for (const [position, { index = position, embedding }] of data.entries()) {
    if (typeof embedding !== 'object' || embedding === null) throw malformed(fullName, 'a vector that is none');
    vectors[index] = embedding;
  }
  if (Object.keys(vectors).length !== count) throw malformed(fullName, 'two vectors for one text');
  return vectors;
}

/** Some servers tell none. */
function usageOf({ usage }: Partial<Response>): { readonly usage?: { readonly inputTokens: number } } {
  const tokens = usage?.prompt_tokens ?? usage?.total_tokens;
  return tokens === undefined ? {} : { usage: { inputTokens: tokens } };
}

/** @throws option-invalid */
function checkCount(value: number | undefined, what: string): void {
  if (value === undefined || (Number.isInteger(value) && value >= 1)) return;
  throw invalid(`${what}: expected a whole number from 1, got ${String(value)}`);
}

const invalid = (message: string): EspalierError => new EspalierError('option-invalid', `${message}.`);
