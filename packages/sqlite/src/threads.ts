import type { ThreadEntry, ThreadStore } from '@espalier/core';
import type { CommitQueue } from './commit-queue.js';
import { type Codec, placeOf } from './database/codec.js';
import type { Database, SqlRow, Statement } from './database/database.js';
import { storeFailed } from './database/failure.js';
import { jsonText } from './database/json-text.js';
import { keyText } from './database/key-text.js';
import { afterPrefix, prefixText } from './database/prefix-text.js';

export interface SqliteThreadsOptions {
  /** For messages. */
  readonly file: string;
  readonly codec: Codec;
}

export const placeOfEntry = (thread: string, key: string): string => placeOf('thread entry', thread, key);

/** Threads in the file of a store. */
export class SqliteThreads implements ThreadStore {
  readonly #file: string;
  readonly #codec: Codec;
  readonly #queue: CommitQueue;
  readonly #insert: Statement;
  readonly #select: Statement;
  readonly #length: Statement;
  readonly #forget: Statement;

  constructor(database: Database, queue: CommitQueue, { file, codec }: SqliteThreadsOptions) {
    this.#file = file;
    this.#codec = codec;
    this.#queue = queue;
    this.#insert = database.prepare(
      'INSERT INTO thread_entries (thread, position, key, body) ' +
        'SELECT ?, coalesce(max(position) + 1, 0), ?, ? FROM thread_entries WHERE thread = ? ' +
        'ON CONFLICT (thread, key) DO NOTHING',
    );
    this.#select = database.prepare(
      'SELECT key, body FROM thread_entries WHERE thread = ? AND position >= ? ORDER BY position LIMIT ?',
    );
    this.#forget = database.prepare('DELETE FROM thread_entries WHERE thread >= ? AND thread < ?');
    this.#length = database.prepare(
      'SELECT coalesce(max(position) + 1, 0) AS length FROM thread_entries WHERE thread = ?',
    );
  }

  append(threadId: string, ...entries: readonly ThreadEntry[]): Promise<void> {
    const thread = prefixText(threadId);
    const rows = entries.map((entry) => {
      const key = keyText(entry.key);
      const text = jsonText(entry, `An entry of thread '${threadId}'`);
      return { key, body: this.#codec.encode(text, placeOfEntry(thread, key)) };
    });
    return this.#queue.run(() => {
      for (const { key, body } of rows) this.#insert.run(thread, key, body, thread);
    });
  }

  read(threadId: string, to?: number, from = 0): readonly ThreadEntry[] {
    const thread = prefixText(threadId);
    const limit = to === undefined ? -1 : Math.max(0, to - from); // -1: no limit
    const rows = this.#try(() => this.#select.all(thread, from, limit));
    const text = ({ key, body }: SqlRow): string => this.#codec.decode(body, placeOfEntry(thread, key as string));
    return Array.from(rows, (row) => JSON.parse(text(row)) as ThreadEntry);
  }

  length(threadId: string): number {
    return this.#try(() => this.#length.get(prefixText(threadId)))?.length as number;
  }

  async forget(prefix: string): Promise<void> {
    await this.#queue.run(() => this.#forget.run(prefixText(prefix), afterPrefix(prefix)));
  }

  #try<T>(read: () => T): T {
    try {
      return read();
    } catch (error) {
      throw storeFailed(this.#file, error);
    }
  }
}
