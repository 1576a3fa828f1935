import { EspalierError } from '../errors/espalier-error.js';
import { modelError } from '../generation/model-error.js';
import { embedFirst } from '../memory/embed-first.js';
import type { EmbeddingModel } from '../memory/embedding-model.js';
import type { Memories, NoteListOptions, OwnedMemory, StoredNotes } from '../memory/memories.js';
import type { Memory, MemoryHandle } from '../memory/memory.js';
import type { MemoryEffects, MemoryStep } from '../memory/memory-effects.js';
import { checkedScope, type MemoryScope, ownerOf, scopeText } from '../memory/memory-scope.js';
import { embeddingOf, type MemoryServices } from '../memory/memory-services.js';
import { MemorySession } from '../memory/memory-session.js';
import type { Notes } from '../memory/notes.js';
import type { PlacedNote, ScopedStore } from '../memory/scoped-store.js';
import type { Json } from '../schema/json.js';
import { toPlain } from '../schema/plain.js';
import type { ThreadStore } from '../thread/thread-store.js';

export interface StoredMemoriesOptions extends MemoryServices {
  readonly threads: ThreadStore;
  readonly now: () => number;
  readonly uuid: () => string;
}

/** How many notes get other vectors at once, as far as the model takes so many in one call. */
const PAGE = 100;

/** Memories and notes outside of runs: nothing is recorded, and nothing is charged to a budget. */
export class StoredMemories implements Memories {
  readonly #options: StoredMemoriesOptions;

  constructor(options: StoredMemoriesOptions) {
    this.#options = options;
  }

  memory<T>(memory: Memory<T>, identity: unknown): MemoryHandle<T> {
    return new MemorySession(new OutsideEffects(this.#options, identity)).memory(memory);
  }

  notes(notes: Notes, identity: unknown): StoredNotes {
    const { store } = this.#options;
    const { name } = notes;
    const scope = scopeText(notes.scope, identity, `Notes '${name}'`);
    return {
      ...new MemorySession(new OutsideEffects(this.#options, identity)).notes(notes),
      list: async ({ after = 0, limit = 100 }: NoteListOptions = {}) => store.notes({ scope, name, after, limit }),
    };
  }

  async list({ after, limit = 100 }: Parameters<Memories['list']>[0] = {}): Promise<readonly OwnedMemory[]> {
    const { store } = this.#options;
    const summaries = await store.list({ limit, ...(after === undefined ? {} : { after }) });
    return summaries.map((summary) => ({ ...summary, owner: ownerOf(summary.scope) }));
  }

  async forget(scope: MemoryScope, identity: unknown): Promise<void> {
    const { store, threads } = this.#options;
    const text = scopeText(checkedScope(scope, 'forget'), identity, 'What is to be forgotten');
    await store.forget(text);
    await threads.forget(text);
  }

  async embedAgain(
    { name, embedding }: Notes,
    { signal = new AbortController().signal }: { readonly signal?: AbortSignal } = {},
  ): Promise<number> {
    const { store, uuid } = this.#options;
    const model = embeddingOf(this.#options, embedding, `Notes '${name}'`);
    let count = 0;
    signal.throwIfAborted();
    const [sample] = (await embedOutside(model, [name], signal, uuid())) as readonly [Float32Array];
    const except = { model: model.name, length: sample.length };
    for (let after = 0; ; ) {
      signal.throwIfAborted();
      const page = await store.notes({ name, except, after, limit: PAGE });
      if (page.length === 0) return count;
      const texts = page.map(({ text }) => text);
      const vectors = await embedOutside(model, texts, signal, uuid());
      const revised = vectors.map((vector, index) => {
        const { position } = page[index] as PlacedNote;
        return { position, model: model.name, vector };
      });
      await store.revise(revised);
      count += revised.length;
      after = revised.at(-1)?.position ?? after;
    }
  }
}

/** The same as an attempt's, done at once. */
class OutsideEffects implements MemoryEffects {
  readonly identity: unknown;
  readonly learner = undefined;
  readonly place: string;
  readonly #options: StoredMemoriesOptions;
  #count = 0;

  constructor(options: StoredMemoriesOptions, identity: unknown) {
    this.#options = options;
    this.identity = identity;
    this.place = options.uuid();
  }

  get store(): ScopedStore {
    return this.#options.store;
  }

  count(): number {
    this.#count += 1;
    return this.#count;
  }

  now(): number {
    return this.#options.now();
  }

  embedding(name: string, what: string): EmbeddingModel {
    return embeddingOf(this.#options, name, what);
  }

  async task<T extends Json | undefined>(step: string, perform: (step: MemoryStep) => Promise<T>): Promise<T> {
    const key = `${this.place}/${step}`;
    const embed: MemoryStep['embed'] = (model, texts) =>
      embedOutside(model, texts, new AbortController().signal, `${key}`);
    return toPlain(await perform({ key, embed, mark: () => {} })) as T;
  }
}

function embedOutside(
  model: EmbeddingModel,
  texts: readonly string[],
  signal: AbortSignal,
  idempotencyKey: string,
): Promise<readonly Float32Array[]> {
  const failed = (error: unknown): unknown =>
    signal.aborted || EspalierError.is(error) ? error : modelError(error, { node: '', model: model.name });
  return embedFirst(model, texts, { signal, idempotencyKey, ledger: undefined, spent: () => {}, failed });
}
