import type {
  FoundNotes,
  KeptMemory,
  KeptNote,
  MemoryPlace,
  MemorySummary,
  MemoryWrite,
  NoteFilter,
  NoteSearch,
  NoteVector,
  PlacedNote,
  ScopedStore,
} from '@espalier/core';
import type { CommitQueue } from './commit-queue.js';
import type { Codec } from './database/codec.js';
import type { Database, Statement } from './database/database.js';
import { storeFailed } from './database/failure.js';
import { keyText, textOfKey } from './database/key-text.js';
import { prefixText, textOfPrefix } from './database/prefix-text.js';
import { MemoryNotes } from './memory-notes.js';
import { MemoryValues } from './memory-values.js';

export interface SqliteMemoryOptions {
  /** For messages. */
  readonly file: string;
  readonly codec: Codec;
}

/** Memories and notes in the file of a store. */
export class SqliteMemory implements ScopedStore {
  readonly #file: string;
  readonly #queue: CommitQueue;
  readonly #values: MemoryValues;
  readonly #notes: MemoryNotes;
  readonly #list: Statement;

  constructor(database: Database, queue: CommitQueue, { file, codec }: SqliteMemoryOptions) {
    this.#file = file;
    this.#queue = queue;
    this.#values = new MemoryValues(database, queue, codec);
    this.#notes = new MemoryNotes(database, queue, codec);
    this.#list = database.prepare(
      "SELECT scope, name, 'memory' AS kind, 1 AS count FROM memories " +
        "WHERE body IS NOT NULL AND (scope, name, 'memory') > (?, ?, ?) " +
        "UNION ALL SELECT scope, name, 'notes', count(*) FROM notes " +
        "WHERE (scope, name) >= (?, ?) AND (scope, name, 'notes') > (?, ?, ?) GROUP BY scope, name " +
        'ORDER BY 1, 2, 3 LIMIT ?',
    );
  }

  read(place: MemoryPlace): KeptMemory | undefined {
    return this.#try(() => this.#values.read(place));
  }

  write(place: MemoryPlace, write: MemoryWrite): Promise<number | undefined> {
    return this.#values.write(place, write);
  }

  keep(place: MemoryPlace, notes: readonly (KeptNote & NoteVector)[], max: number): Promise<void> {
    return this.#notes.keep(place, notes, max);
  }

  drop(place: MemoryPlace, keys: readonly string[]): Promise<void> {
    return this.#notes.drop(place, keys);
  }

  async find(place: MemoryPlace, search: NoteSearch): Promise<FoundNotes> {
    try {
      return await this.#notes.find(place, search);
    } catch (error) {
      throw storeFailed(this.#file, error);
    }
  }

  notes(filter: NoteFilter): readonly PlacedNote[] {
    return this.#try(() => this.#notes.list(filter));
  }

  revise(vectors: readonly (NoteVector & { readonly position: number })[]): Promise<void> {
    return this.#notes.revise(vectors);
  }

  list({ after, limit }: { readonly after?: MemorySummary; readonly limit: number }): readonly MemorySummary[] {
    const place = after === undefined ? ['', ''] : [prefixText(after.scope), keyText(after.name)];
    const from = [...place, after?.kind ?? ''];
    const rows = this.#try(() => this.#list.all(...from, ...place, ...from, limit));
    return Array.from(rows, ({ scope, name, kind, count }) => ({
      scope: textOfPrefix(scope as string),
      name: textOfKey(name as string),
      kind: kind as MemorySummary['kind'],
      count: count as number,
    }));
  }

  forget(scope: string): Promise<void> {
    return this.#queue.run(() => {
      this.#values.forget(scope);
      this.#notes.forget(scope);
    });
  }

  #try<T>(read: () => T): T {
    try {
      return read();
    } catch (error) {
      throw storeFailed(this.#file, error);
    }
  }
}
