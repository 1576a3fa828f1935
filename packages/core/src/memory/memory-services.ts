import { describeValue, EspalierError } from '../errors/espalier-error.js';
import { isPromise } from '../journal/maybe-promise.js';
import type { Policy } from '../policies/policy.js';
import { type EmbeddingModel, isTextCount } from './embedding-model.js';
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
    checkMaxTexts(name, model);
    models.set(name, model);
  }
  return { store, embeddings: models };
}

/** What a model has to ask for is checked when it is known. @throws option-invalid */
function checkMaxTexts(name: string, { maxTexts = 1 }: EmbeddingModel): void {
  if (isPromise(maxTexts)) return void maxTexts.then(undefined, () => {}); // who asks for vectors is told
  if (isTextCount(maxTexts)) return;
  const message = `embeddings['${name}']: maxTexts: expected a whole number from 1, got ${describeValue(maxTexts)}.`;
  throw new EspalierError('option-invalid', message, {
    hint: 'Say how many texts one call of the model takes, or leave it out.',
  });
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
