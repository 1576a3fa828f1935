import { type EmbeddingModel, EspalierError } from '@espalier/core';
import { addFeatures } from './features.js';

/**
 * Options of {@link offlineEmbedding}.
 *
 * @since 0.1.0
 */
export interface OfflineEmbeddingOptions {
  /** Numbers in a vector: fewer make more features fall together. @default 512 @minimum 16 @maximum 8192 */
  readonly dimensions?: number;
}

/**
 * An embedding model that needs no key and no network. **It understands nothing**: it counts the words and the groups of three to
 * five letters of a text, each at a place of the vector that its hash names. Texts that share words or parts of words are near
 * each other, in any language; texts that say the same in other words are not.
 *
 * Use it to try notes, in tests and in demonstrations, and where matching words is all that is wanted. The same text gives the same
 * vector, on any machine.
 *
 * @param options length of the vectors
 * @returns an {@link EmbeddingModel} for `createEspalier({ embeddings })`, named `offline:n-grams@512`; it costs nothing
 * @throws option-invalid when an option is out of range (retryable: no)
 * @example
 * const model = offlineEmbedding();
 * const { vectors } = await model.embed(['tide', 'tides'], { signal: new AbortController().signal, idempotencyKey: 'key' });
 * console.log(vectors.length, vectors[0]?.length); // 2 512
 * @since 0.1.0
 */
export function offlineEmbedding({ dimensions = 512 }: OfflineEmbeddingOptions = {}): EmbeddingModel {
  if (!Number.isInteger(dimensions) || dimensions < 16 || dimensions > 8192) {
    const message = `offlineEmbedding({ dimensions }): expected a whole number from 16 to 8192, got ${String(dimensions)}.`;
    throw new EspalierError('option-invalid', message);
  }
  return {
    name: `offline:n-grams@${dimensions}`,
    price: 0,
    async embed(texts, { signal }) {
      signal.throwIfAborted();
      return { vectors: texts.map((text) => vectorOf(text, dimensions)) };
    },
  };
}

function vectorOf(text: string, dimensions: number): Float64Array {
  const vector = new Float64Array(dimensions);
  addFeatures(text, vector);
  // A text of signs alone has no direction: it is like nothing but others of its kind.
  if (vector.every((value) => value === 0)) vector[0] = 1;
  return vector;
}
