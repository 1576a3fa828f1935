import {
  type FoundNotes,
  type KeptNote,
  type MemoryPlace,
  NearestVectors,
  type NoteFilter,
  type NoteSearch,
  type NoteVector,
  type PlacedNote,
} from '@espalier/core';
import type { CommitQueue } from './commit-queue.js';
import { type Codec, placeOf } from './database/codec.js';
import type { Database, SqlRow, Statement } from './database/database.js';
import { jsonText } from './database/json-text.js';
import { keyText, textOfKey } from './database/key-text.js';
import { afterPrefix, prefixText, textOfPrefix } from './database/prefix-text.js';
import { bytesOf, vectorOf } from './memory-vectors.js';

/** How many vectors are compared in one go. The event loop goes on between them. */
const PAGE = 256;

type Row = { readonly scope: string; readonly name: string; readonly key: string };

/** As in the file. */
const rowOf = ({ scope, name }: MemoryPlace, key: string): Row => ({
  scope: prefixText(scope),
  name: keyText(name),
  key: keyText(key),
});

export const placeOfNote = ({ scope, name, key }: Row): string => placeOf('note', scope, name, key);
export const placeOfVector = ({ scope, name, key }: Row, model: string): string =>
  placeOf('vector', scope, name, key, model);

/** Notes in the file of a store. Vectors are read a few at a time, whatever is searched. */
export class MemoryNotes {
  readonly #codec: Codec;
  readonly #queue: CommitQueue;
  readonly #insert: Statement;
  readonly #delete: Statement;
  readonly #trim: Statement;
  readonly #vectors: Statement;
  readonly #body: Statement;
  readonly #count: Statement;
  readonly #listHere: Statement;
  readonly #list: Statement;
  readonly #selectAt: Statement;
  readonly #revise: Statement;
  readonly #forget: Statement;

  constructor(database: Database, queue: CommitQueue, codec: Codec) {
    this.#codec = codec;
    this.#queue = queue;
    this.#insert = database.prepare(
      'INSERT INTO notes (scope, name, key, model, length, vector, body) VALUES (?, ?, ?, ?, ?, ?, ?)',
    );
    this.#delete = database.prepare('DELETE FROM notes WHERE scope = ? AND name = ? AND key = ?');
    this.#trim = database.prepare(
      'DELETE FROM notes WHERE id IN ' +
        '(SELECT id FROM notes WHERE scope = ? AND name = ? ORDER BY id DESC LIMIT -1 OFFSET ?)',
    );
    this.#vectors = database.prepare(
      'SELECT id, key, vector FROM notes WHERE scope = ? AND name = ? AND model = ? AND length = ? AND id > ? ' +
        `ORDER BY id LIMIT ${PAGE}`,
    );
    this.#body = database.prepare('SELECT scope, name, key, body FROM notes WHERE id = ?');
    this.#count = database.prepare('SELECT count(*) AS count FROM notes WHERE scope = ? AND name = ?');
    this.#listHere = database.prepare(
      'SELECT id, scope, name, key, model, body FROM notes WHERE scope = ? AND name = ? AND id > ? ORDER BY id LIMIT ?',
    );
    this.#list = database.prepare(
      'SELECT id, scope, name, key, model, body FROM notes ' +
        'WHERE id > ? AND scope = coalesce(?, scope) AND name = coalesce(?, name) AND (model IS NOT ? OR length IS NOT ?) ' +
        'ORDER BY id LIMIT ?',
    );
    this.#selectAt = database.prepare('SELECT scope, name, key FROM notes WHERE id = ?');
    this.#revise = database.prepare('UPDATE notes SET model = ?, length = ?, vector = ? WHERE id = ?');
    this.#forget = database.prepare('DELETE FROM notes WHERE scope >= ? AND scope < ?');
  }

  keep(place: MemoryPlace, notes: readonly (KeptNote & NoteVector)[], max: number): Promise<void> {
    const rows = notes.map(({ key, text, metadata, time, sensitive, model, vector }) => {
      const row = rowOf(place, key);
      const note = { text, time, ...(metadata === undefined ? {} : { metadata }), ...(sensitive && { sensitive }) };
      const body = this.#codec.encode(jsonText(note, `Note '${key}'`), placeOfNote(row));
      const bytes = this.#codec.encodeBytes(bytesOf(vector), placeOfVector(row, keyText(model)));
      return { ...row, model: keyText(model), length: vector.length, body, bytes };
    });
    return this.#queue.run(() => {
      for (const { scope, name, key, model, length, body, bytes } of rows) {
        this.#delete.run(scope, name, key);
        this.#insert.run(scope, name, key, model, length, bytes, body);
      }
      const { scope, name } = rowOf(place, '');
      if ((this.#count.get(scope, name)?.count as number) > max) this.#trim.run(scope, name, max);
    });
  }

  drop(place: MemoryPlace, keys: readonly string[]): Promise<void> {
    return this.#queue.run(() => {
      for (const given of keys) {
        const { scope, name, key } = rowOf(place, given);
        this.#delete.run(scope, name, key);
      }
    });
  }

  async find(place: MemoryPlace, search: NoteSearch): Promise<FoundNotes> {
    const { scope, name } = rowOf(place, '');
    const model = keyText(search.model);
    const nearest = new NearestVectors<number>(search);
    let compared = 0;
    for (let after = 0; ; ) {
      const rows = this.#vectors.all(scope, name, model, search.vector.length, after);
      for (const { id, key, vector } of rows) {
        const place = placeOfVector({ scope, name, key: key as string }, model);
        nearest.offer(id as number, vectorOf(this.#codec.decodeBytes(vector, place)));
      }
      compared += rows.length;
      if (rows.length < PAGE) break;
      after = rows.at(-1)?.id as number;
      await new Promise((resolve) => setImmediate(resolve));
    }
    const notes = nearest.found.flatMap(({ item, score }) => {
      const row = this.#body.get(item);
      return row === undefined ? [] : [{ ...this.#noteOf(row), score }]; // it may be gone by now
    });
    const all = this.#count.get(scope, name)?.count as number;
    return { notes, others: Math.max(0, all - compared) };
  }

  list(filter: NoteFilter): readonly PlacedNote[] {
    return Array.from(this.#rowsOf(filter), (row) => ({
      ...this.#noteOf(row),
      scope: textOfPrefix(row.scope as string),
      name: textOfKey(row.name as string),
      position: row.id as number,
      model: textOfKey(row.model as string),
    }));
  }

  revise(vectors: readonly (NoteVector & { readonly position: number })[]): Promise<void> {
    return this.#queue.run(() => {
      for (const { position, model: given, vector } of vectors) {
        const row = this.#selectAt.get(position) as Row | undefined;
        if (row === undefined) continue;
        const model = keyText(given);
        const bytes = this.#codec.encodeBytes(bytesOf(vector), placeOfVector(row, model));
        this.#revise.run(model, vector.length, bytes, position);
      }
    });
  }

  /** Within a change. */
  forget(scope: string): void {
    this.#forget.run(prefixText(scope), afterPrefix(scope));
  }

  /** Those of one place are found without looking at others. */
  #rowsOf({ scope, name, except, after = 0, limit }: NoteFilter): readonly SqlRow[] {
    if (scope !== undefined && name !== undefined && except === undefined) {
      return this.#listHere.all(prefixText(scope), keyText(name), after, limit);
    }
    return this.#list.all(
      after,
      scope === undefined ? null : prefixText(scope),
      name === undefined ? null : keyText(name),
      except === undefined ? null : keyText(except.model),
      except?.length ?? null,
      limit,
    );
  }

  #noteOf(row: SqlRow): KeptNote {
    const body = this.#codec.decode(row.body, placeOfNote(row as Row));
    return { key: textOfKey(row.key as string), ...(JSON.parse(body) as Omit<KeptNote, 'key'>) };
  }
}
