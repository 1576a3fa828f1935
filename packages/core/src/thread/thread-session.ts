import { EspalierError } from '../errors/espalier-error.js';
import type { MaybePromise } from '../journal/maybe-promise.js';
import type { ThreadEntry, ThreadStore } from './thread-store.js';

/** A thread as one run sees it: as it was when the run began, whatever others append meanwhile. */
export class ThreadSession {
  readonly id: string;
  /** How many entries the thread had then. */
  readonly length: number;
  readonly #store: ThreadStore;
  #entries: Promise<readonly ThreadEntry[]> | undefined;

  constructor(store: ThreadStore, { id, length }: { readonly id: string; readonly length: number }) {
    this.#store = store;
    this.id = id;
    this.length = length;
  }

  /** Read once, by the first agent that asks; again, where that failed. @throws thread-lost */
  read(): Promise<readonly ThreadEntry[]> {
    this.#entries ??= this.#read().catch((error: unknown) => {
      this.#entries = undefined;
      throw error;
    });
    return this.#entries;
  }

  append(entry: ThreadEntry): MaybePromise<void> {
    return this.#store.append(this.id, entry);
  }

  async #read(): Promise<readonly ThreadEntry[]> {
    if (this.length === 0) return [];
    const entries = await this.#store.read(this.id, this.length);
    if (entries.length >= this.length) return entries;
    const had = this.length === 1 ? '1 entry' : `${this.length} entries`;
    const message = `Thread '${this.id}' had ${had} when the run began, and has ${entries.length} now.`;
    throw new EspalierError('thread-lost', message, { details: { threadId: this.id } });
  }
}
