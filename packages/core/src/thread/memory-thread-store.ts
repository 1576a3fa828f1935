import { describeValue, EspalierError } from '../errors/espalier-error.js';
import type { ThreadEntry, ThreadStore } from './thread-store.js';

export interface MemoryThreadStoreOptions {
  /** How many threads are kept; the one that nobody appended to for longest is forgotten. @default 10000 @minimum 1 */
  readonly keep?: number;
  /** How many entries of one thread are kept; the oldest are forgotten. @default 10000 @minimum 1 */
  readonly keepEntries?: number;
}

interface Thread {
  readonly entries: ThreadEntry[];
  readonly keys: Set<string>;
  /** How many entries before these were forgotten. */
  forgotten: number;
}

/** Threads that live as long as their process. */
export class MemoryThreadStore implements ThreadStore {
  readonly #keep: number;
  readonly #keepEntries: number;
  /** In order of their newest entries. */
  readonly #threads = new Map<string, Thread>();

  constructor({ keep = 10_000, keepEntries = 10_000 }: MemoryThreadStoreOptions = {}) {
    this.#keep = wholeNumber(keep, 'keep');
    this.#keepEntries = wholeNumber(keepEntries, 'keepEntries');
  }

  append(threadId: string, ...entries: readonly ThreadEntry[]): void {
    if (entries.length === 0) return;
    const thread = this.#threads.get(threadId) ?? { entries: [], keys: new Set(), forgotten: 0 };
    this.#threads.delete(threadId);
    this.#threads.set(threadId, thread);
    for (const entry of entries) {
      if (thread.keys.has(entry.key)) continue;
      thread.keys.add(entry.key);
      thread.entries.push(entry);
    }
    const surplus = thread.entries.splice(0, Math.max(0, thread.entries.length - this.#keepEntries));
    thread.forgotten += surplus.length;
    for (const { key } of surplus) thread.keys.delete(key);
    const [oldest] = this.#threads.keys();
    if (this.#threads.size > this.#keep) this.#threads.delete(oldest as string);
  }

  read(threadId: string, to = Number.POSITIVE_INFINITY, from = 0): readonly ThreadEntry[] {
    const { entries = [], forgotten = 0 } = this.#threads.get(threadId) ?? {};
    return entries.slice(Math.max(0, from - forgotten), Math.max(0, to - forgotten));
  }

  length(threadId: string): number {
    const { entries = [], forgotten = 0 } = this.#threads.get(threadId) ?? {};
    return forgotten + entries.length;
  }

  forget(prefix: string): void {
    for (const id of this.#threads.keys()) if (id.startsWith(prefix)) this.#threads.delete(id);
  }
}

function wholeNumber(value: number, option: keyof MemoryThreadStoreOptions): number {
  if (Number.isInteger(value) && value >= 1) return value;
  const got = describeValue(value);
  const message = `MemoryThreadStore({ ${option} }): expected a whole number from 1, got ${got}.`;
  throw new EspalierError('option-invalid', message);
}
