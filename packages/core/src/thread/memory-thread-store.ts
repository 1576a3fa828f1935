import { describeValue, EspalierError } from '../errors/espalier-error.js';
import type { ThreadEntry, ThreadStore } from './thread-store.js';

export interface MemoryThreadStoreOptions {
  /** How many threads are kept; the one that nobody appended to for longest is forgotten. @default 10000 @minimum 1 */
  readonly keep?: number;
}

/** Threads that live as long as their process. */
export class MemoryThreadStore implements ThreadStore {
  readonly #keep: number;
  /** In order of their newest entries. */
  readonly #threads = new Map<string, { readonly entries: ThreadEntry[]; readonly keys: Set<string> }>();

  constructor({ keep = 10_000 }: MemoryThreadStoreOptions = {}) {
    if (!Number.isInteger(keep) || keep < 1) {
      const got = describeValue(keep);
      throw new EspalierError(
        'option-invalid',
        `MemoryThreadStore({ keep }): expected a whole number from 1, got ${got}.`,
      );
    }
    this.#keep = keep;
  }

  append(threadId: string, entry: ThreadEntry): void {
    const thread = this.#threads.get(threadId) ?? { entries: [], keys: new Set() };
    this.#threads.delete(threadId);
    this.#threads.set(threadId, thread);
    if (thread.keys.has(entry.key)) return;
    thread.keys.add(entry.key);
    thread.entries.push(entry);
    const [oldest] = this.#threads.keys();
    if (this.#threads.size > this.#keep) this.#threads.delete(oldest as string);
  }

  read(threadId: string, to?: number): readonly ThreadEntry[] {
    return this.#threads.get(threadId)?.entries.slice(0, to) ?? [];
  }

  forget(prefix: string): void {
    for (const id of this.#threads.keys()) if (id.startsWith(prefix)) this.#threads.delete(id);
  }

  length(threadId: string): number {
    return this.#threads.get(threadId)?.entries.length ?? 0;
  }
}
