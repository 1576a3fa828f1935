import type { KeptMemory, MemoryPlace, MemoryWrite } from '@espalier/core';
import type { CommitQueue } from './commit-queue.js';
import { type Codec, placeOf } from './database/codec.js';
import type { Database, Statement } from './database/database.js';
import { jsonText } from './database/json-text.js';
import { keyText } from './database/key-text.js';
import { afterPrefix, prefixText } from './database/prefix-text.js';

/** How many writes of a memory are known by their keys. */
const WRITES = 100;

/** The row of no memory: its version is the highest of all that were forgotten. No scope is written like it, or within it. */
const FORGOTTEN = [afterPrefix(''), ''] as const;

export const placeOfMemory = ({ scope, name }: MemoryPlace): string => placeOf('memory', scope, name);

/** Memories in the file of a store. */
export class MemoryValues {
  readonly #codec: Codec;
  readonly #queue: CommitQueue;
  readonly #select: Statement;
  readonly #selectWrite: Statement;
  readonly #upsert: Statement;
  readonly #insertWrite: Statement;
  readonly #deleteWrites: Statement;
  readonly #noteForgotten: Statement;
  readonly #forget: readonly Statement[];

  constructor(database: Database, queue: CommitQueue, codec: Codec) {
    this.#codec = codec;
    this.#queue = queue;
    this.#select = database.prepare('SELECT version, body FROM memories WHERE scope = ? AND name = ?');
    this.#selectWrite = database.prepare('SELECT version FROM memory_writes WHERE scope = ? AND name = ? AND key = ?');
    this.#upsert = database.prepare(
      'INSERT INTO memories (scope, name, version, body) VALUES (?, ?, ?, ?) ' +
        'ON CONFLICT (scope, name) DO UPDATE SET version = excluded.version, body = excluded.body',
    );
    this.#insertWrite = database.prepare('INSERT INTO memory_writes (scope, name, version, key) VALUES (?, ?, ?, ?)');
    this.#deleteWrites = database.prepare('DELETE FROM memory_writes WHERE scope = ? AND name = ? AND version <= ?');
    this.#noteForgotten = database.prepare(
      'INSERT INTO memories (scope, name, version) SELECT ?, ?, max(version) FROM memories ' +
        'WHERE scope >= ? AND scope < ? HAVING count(*) > 0 ' +
        'ON CONFLICT (scope, name) DO UPDATE SET version = max(version, excluded.version)',
    );
    this.#forget = ['memories', 'memory_writes'].map((table) =>
      database.prepare(`DELETE FROM ${table} WHERE scope >= ? AND scope < ?`),
    );
  }

  read(place: MemoryPlace): KeptMemory | undefined {
    const row = this.#select.get(prefixText(place.scope), keyText(place.name));
    if (row === undefined) return undefined;
    const version = row.version as number;
    if (row.body === null) return { version };
    const body = this.#codec.decode(row.body, placeOfMemory(place));
    return { version, ...(JSON.parse(body) as Pick<KeptMemory, 'value' | 'sensitive'>) };
  }

  write(place: MemoryPlace, { replaces, key: given, value, sensitive }: MemoryWrite): Promise<number | undefined> {
    const scope = prefixText(place.scope);
    const name = keyText(place.name);
    const key = keyText(given);
    const kept = sensitive === undefined ? { value } : { value, sensitive };
    const body =
      value === undefined ? null : this.#codec.encode(jsonText(kept, `Memory '${place.name}'`), placeOfMemory(place));
    return this.#queue.run(() => {
      const before = this.#selectWrite.get(scope, name, key);
      if (before !== undefined) return before.version as number;
      const current = this.#select.get(scope, name)?.version as number | undefined;
      if ((current ?? 0) !== replaces) return undefined;
      const version = (current ?? (this.#select.get(...FORGOTTEN)?.version as number | undefined) ?? 0) + 1;
      this.#upsert.run(scope, name, version, body);
      this.#insertWrite.run(scope, name, version, key);
      this.#deleteWrites.run(scope, name, version - WRITES);
      return version;
    });
  }

  /** Within a change. */
  forget(scope: string): void {
    const range = [prefixText(scope), afterPrefix(scope)] as const;
    this.#noteForgotten.run(...FORGOTTEN, ...range);
    for (const statement of this.#forget) statement.run(...range);
  }
}
