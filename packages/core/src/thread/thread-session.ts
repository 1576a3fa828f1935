import { EspalierError } from '../errors/espalier-error.js';
import type { RunStartEvent } from '../events/event.js';
import type { MaybePromise } from '../journal/maybe-promise.js';
import type { ThreadEntry, ThreadStore } from './thread-store.js';

/** The newest entries of a thread. */
export interface ThreadTail {
  /** How many entries the thread has before these. */
  readonly from: number;
  readonly entries: readonly ThreadEntry[];
}

/** How many entries are read at first; then as many again as have been read already. */
const PAGE = 32;

/** A thread as one run sees it: as it was when the run began, whatever others append meanwhile. */
export class ThreadSession {
  readonly id: string;
  /** What the run's first record says of it. */
  readonly about: NonNullable<RunStartEvent['thread']>;
  readonly #store: ThreadStore;
  /** What its store knows it by. */
  readonly #key: string;
  #tail: ThreadTail;
  #loading: Promise<ThreadTail> | undefined;

  constructor(store: ThreadStore, about: NonNullable<RunStartEvent['thread']>) {
    const { id, length, scope = '' } = about;
    this.id = id;
    this.about = about;
    this.#store = store;
    this.#key = scope + id;
    this.#tail = { from: length, entries: [] };
  }

  /**
   * The newest entries, as many as it takes, or all. What one agent has read no other reads again; what could not be read is
   * tried again by the next that asks.
   * @throws thread-lost
   */
  async newest(isEnough: (tail: ThreadTail) => boolean): Promise<ThreadTail> {
    let tail = this.#tail;
    while (tail.from > 0 && !isEnough(tail)) {
      this.#loading ??= this.#load().finally(() => {
        this.#loading = undefined;
      });
      tail = await this.#loading;
    }
    return tail;
  }

  append(...entries: readonly ThreadEntry[]): MaybePromise<void> {
    return this.#store.append(this.#key, ...entries);
  }

  async #load(): Promise<ThreadTail> {
    const { from: to, entries: newer } = this.#tail;
    const from = Math.max(0, to - Math.max(PAGE, newer.length));
    const entries = await this.#store.read(this.#key, to, from);
    if (entries.length < to - from) throw this.#lost(from + entries.length);
    this.#tail = { from, entries: [...entries, ...newer] };
    return this.#tail;
  }

  #lost(has: number): EspalierError {
    const { from, entries } = this.#tail;
    const length = from + entries.length;
    const had = length === 1 ? '1 entry' : `${length} entries`;
    const message = `Thread '${this.id}' had ${had} when the run began, and has ${has} now.`;
    return new EspalierError('thread-lost', message, { details: { threadId: this.id } });
  }
}
