import type { ThreadEntry, ThreadStore } from '@espalier/core';
import type { CommitQueue } from './commit-queue.js';
import type { Database, Statement } from './database/database.js';
import { storeFailed } from './database/failure.js';
import { jsonText } from './database/json-text.js';
import { keyText } from './database/key-text.js';

/** Threads in the file of a store. */
export class SqliteThreads implements ThreadStore {
  readonly #file: string;
  readonly #queue: CommitQueue;
  readonly #insert: Statement;
  readonly #select: Statement;
  readonly #length: Statement;

  constructor(database: Database, queue: CommitQueue, file: string) {
    this.#file = file;
    this.#queue = queue;
    this.#insert = database.prepare(
      'INSERT INTO thread_entries (thread, position, key, body) ' +
        'SELECT ?, coalesce(max(position) + 1, 0), ?, ? FROM thread_entries WHERE thread = ? ' +
        'ON CONFLICT (thread, key) DO NOTHING',
    );
    this.#select = database.prepare('SELECT body FROM thread_entries WHERE thread = ? ORDER BY position LIMIT ?');
    this.#length = database.prepare(
      'SELECT coalesce(max(position) + 1, 0) AS length FROM thread_entries WHERE thread = ?',
    );
  }

  async append(threadId: string, entry: ThreadEntry): Promise<void> {
    const thread = keyText(threadId);
    const key = keyText(entry.key);
    const body = jsonText(entry, `An entry of thread '${threadId}'`);
    await this.#queue.run(() => this.#insert.run(thread, key, body, thread));
  }

  read(threadId: string, to?: number): readonly ThreadEntry[] {
    const rows = this.#try(() => this.#select.all(keyText(threadId), to ?? -1)); // -1: no limit
    return Array.from(rows, ({ body }) => JSON.parse(body as string) as ThreadEntry);
  }

  length(threadId: string): number {
    return this.#try(() => this.#length.get(keyText(threadId)))?.length as number;
  }

  #try<T>(read: () => T): T {
    try {
      return read();
    } catch (error) {
      throw storeFailed(this.#file, error);
    }
  }
}
