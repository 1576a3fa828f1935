import { describeValue, EspalierError } from '../errors/espalier-error.js';
import type { Policy } from '../policies/policy.js';
import type { EmbeddingModel } from './embedding-model.js';
import { MemoryScopedStore } from './memory-scoped-store.js';
import type { ScopedStore } from './scoped-store.js';

/** The policies of each embedding model. */
export type EmbeddingPolicies = ReadonlyMap<EmbeddingModel, readonly Policy[]>;

/** Where memories and notes are kept, and the models that make vectors of texts. */
export interface MemoryServices {
  readonly store: ScopedStore;
  readonly embeddings: ReadonlyMap<string, EmbeddingModel>;
  readonly policies: EmbeddingPolicies;
}

/** @throws option-invalid for what is no embedding model */
export function memoryServices(
  store: ScopedStore = new MemoryScopedStore(),
  embeddings: Readonly<Record<string, EmbeddingModel>> = {},
): Omit<MemoryServices, 'policies'> {
  const models = new Map<string, EmbeddingModel>();
  for (const [name, model] of Object.entries(embeddings)) {
    const { name: own, embed } = Object(model) as Partial<EmbeddingModel>;
    if (typeof embed !== 'function' || typeof own !== 'string' || own === '') {
      const message = `embeddings['${name}']: expected an EmbeddingModel, got ${describeValue(model)}.`;
      throw new EspalierError('option-invalid', message, {
        hint: "Write embeddings: { default: openaiEmbedding('text-embedding-3-small') }.",
      });
    }
    models.set(name, model);
  }
  return { store, embeddings: models };
}

/** @param what asks for it, for messages. @throws model-unknown */
export function embeddingOf(
  { embeddings }: Pick<MemoryServices, 'embeddings'>,
  name: string,
  what: string,
): EmbeddingModel {
  const model = embeddings.get(name);
  if (model !== undefined) return model;
  const known = [...embeddings.keys()].join(', ') || 'none';
  throw new EspalierError('model-unknown', `${what} needs embedding model '${name}'; registered: ${known}.`, {
    hint: `Write embeddings: { ${name}: … } in createEspalier.`,
  });
}
