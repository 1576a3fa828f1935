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

  /** Read once, by the first agent that asks. */
  read(): Promise<readonly ThreadEntry[]> {
    this.#entries ??= this.#read();
    return this.#entries;
  }

  append(entry: ThreadEntry): MaybePromise<void> {
    return this.#store.append(this.id, entry);
  }

  async #read(): Promise<readonly ThreadEntry[]> {
    return this.length === 0 ? [] : this.#store.read(this.id, this.length);
  }
}
