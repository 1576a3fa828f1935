import type { MaybePromise } from '../journal/maybe-promise.js';
import type { Message } from '../model/message.js';

/** What one call of a model added to a thread: what was asked, the tools that were called, and the answer. */
export interface ThreadTurn {
  readonly kind: 'turn';
  /** Names the call: a turn of the same key is appended once. */
  readonly key: string;
  readonly runId: string;
  /** Path of the node that asked. */
  readonly node: string;
  /** Milliseconds since the Unix epoch. */
  readonly time: number;
  /** Every tool call among them has its result. */
  readonly messages: readonly Message[];
  /** Whoever read the answer while it came stopped before its end: the last message is what they have seen. */
  readonly cut?: true;
  /** Where it holds sensitive data, if it does, as in records. */
  readonly sensitive?: readonly string[];
}

/** Stands for the first entries of a thread, where those are too long to be sent. */
export interface ThreadSummary {
  readonly kind: 'summary';
  readonly key: string;
  /** How many entries, from the first, it stands for. */
  readonly covers: number;
  readonly text: string;
  readonly time: number;
  /** Where it holds sensitive data, if it does, as in records. */
  readonly sensitive?: readonly string[];
}

export type ThreadEntry = ThreadTurn | ThreadSummary;

/**
 * Conversations that outlive runs. The port of every store of threads.
 *
 * C1 Entries are read in the order in which they were appended, and never change.
 * C2 An entry whose key the thread has already is not appended again.
 * C3 A call that has returned (or resolved) is kept.
 * C4 A thread that nobody has appended to is empty.
 * C5 Entries of one call are appended together, in their order: all of them, or none.
 * C6 `forget` leaves nothing of the threads whose ids begin with its text.
 *
 * A store may forget the oldest entries of a long thread: those that are left keep their positions, and the length stays.
 */
export interface ThreadStore {
  append(threadId: string, ...entries: readonly ThreadEntry[]): MaybePromise<void>;
  /**
   * @param to how many entries to read, from the first. @default all
   * @param from how many of these to leave out, from the first. @default 0
   */
  read(threadId: string, to?: number, from?: number): MaybePromise<readonly ThreadEntry[]>;
  /** How many entries the thread has, or has had. */
  length(threadId: string): MaybePromise<number>;
  /** Removes all threads whose ids begin with this text. */
  forget(prefix: string): MaybePromise<void>;
}
