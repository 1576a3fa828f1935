import { EspalierError } from '../errors/espalier-error.js';
import type { EmbeddingModel } from './embedding-model.js';
import type { ScopedStore } from './scoped-store.js';

/** Where memories and notes are kept, and the models that make vectors of texts. */
export interface MemoryServices {
  readonly store: ScopedStore;
  readonly embeddings: ReadonlyMap<string, EmbeddingModel>;
}

/** @param what asks for it, for messages. @throws model-unknown */
export function embeddingOf({ embeddings }: MemoryServices, name: string, what: string): EmbeddingModel {
  const model = embeddings.get(name);
  if (model !== undefined) return model;
  const known = [...embeddings.keys()].join(', ') || 'none';
  throw new EspalierError('model-unknown', `${what} needs embedding model '${name}'; registered: ${known}.`, {
    hint: `Write embeddings: { ${name}: … } in createEspalier.`,
  });
}
