import type { EmbeddingModelV3, EmbeddingModelV4 } from '@ai-sdk/provider';
import { type EmbeddingModel, EspalierError, followSignal, type Json } from '@espalier/core';
import { toModelError } from './errors.js';

/** An embedding model of the AI SDK, as its providers make them: `google.embedding('gemini-embedding-001')`. */
export type AiSdkEmbeddingModel = EmbeddingModelV4 | EmbeddingModelV3;

/** How to use an embedding model of the AI SDK. */
export interface AiSdkEmbeddingOptions {
  /** What a million tokens cost, in US dollars: the AI SDK tells no prices. */
  readonly price?: number;
  /**
   * The AI SDK's `providerOptions` of every call. What changes the vectors needs a `name` as well.
   * @example { google: { outputDimensionality: 768 } }
   */
  readonly providerOptions?: Readonly<Record<string, { readonly [key: string]: Json }>>;
  /** What vectors are kept under. @default provider and model, such as `google.generative-ai:gemini-embedding-001` */
  readonly name?: string;
}

/** How many texts one call takes where the model does not say. */
const MAX_TEXTS = 96;

const textsOf = (most: number | undefined): number =>
  most === Number.POSITIVE_INFINITY || (Number.isInteger(most) && (most as number) >= 1) ? (most as number) : MAX_TEXTS;

/**
 * An embedding model of any AI SDK provider, for notes that are found by their meaning.
 *
 * Models of the AI SDK's specifications `v4` (AI SDK 7) and `v3` (AI SDK 6) are taken. A call is one attempt; an abort
 * ends its HTTP request.
 *
 * @throws option-invalid for what is no such model
 * @example
 * import { google } from '@ai-sdk/google';
 * createEspalier({ embeddings: { default: aiSdkEmbedding(google.embedding('gemini-embedding-001')) }, … });
 * @since 0.1.0
 */
export function aiSdkEmbedding(model: AiSdkEmbeddingModel, options: AiSdkEmbeddingOptions = {}): EmbeddingModel {
  checkModel(model);
  const { price, providerOptions, name = `${model.provider}:${model.modelId}` } = options;
  if (price !== undefined && !(price >= 0)) throw invalid(`price: expected a number from 0, got ${String(price)}`);
  return {
    name,
    get maxTexts() {
      const most = model.maxEmbeddingsPerCall;
      return typeof most === 'object' ? most.then(textsOf) : textsOf(most);
    },
    ...(price === undefined ? {} : { price }),
    async embed(texts, { signal: outer }) {
      const { signal, release } = followSignal(outer);
      try {
        signal.throwIfAborted();
        const result = await model.doEmbed({
          values: [...texts],
          abortSignal: signal,
          ...(providerOptions === undefined ? {} : { providerOptions: providerOptions as never }),
        });
        const { embeddings, usage } = result;
        return { vectors: embeddings, ...(usage === undefined ? {} : { usage: { inputTokens: usage.tokens } }) };
      } catch (error) {
        throw outer.aborted ? outer.reason : toModelError(error, name);
      } finally {
        release();
      }
    },
  };
}

/** @throws option-invalid */
function checkModel(model: unknown): void {
  const { specificationVersion, provider, modelId, doEmbed } = Object(model) as Partial<EmbeddingModelV4>;
  const version: unknown = specificationVersion; // a package of another version gives what our types do not know
  if (typeof provider !== 'string' || typeof modelId !== 'string') {
    throw invalid(`expected an embedding model of the AI SDK, got ${model === null ? 'null' : typeof model}`);
  }
  if (typeof doEmbed !== 'function') {
    throw invalid(`expected an embedding model, got '${provider}:${modelId}', which makes no vectors`);
  }
  if (version === 'v3' || version === 'v4') return;
  throw invalid(`expected specification 'v4' or 'v3' (AI SDK 7 or 6), got '${String(version)}' from '${modelId}'`);
}

const invalid = (what: string): EspalierError =>
  new EspalierError('option-invalid', `aiSdkEmbedding(model, options): ${what}.`, {
    hint: "Pass what a provider's function gives: aiSdkEmbedding(google.embedding('gemini-embedding-001')).",
  });
