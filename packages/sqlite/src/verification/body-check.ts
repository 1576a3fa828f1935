import { setImmediate as pause } from 'node:timers/promises';
import { placeOfAnswer } from '../answers.js';
import type { Codec } from '../database/codec.js';
import type { Database, SqlRow } from '../database/database.js';
import { textOfKey } from '../database/key-text.js';
import { textOfPrefix } from '../database/prefix-text.js';
import { placeOfNote, placeOfVector } from '../memory-notes.js';
import { placeOfMemory } from '../memory-values.js';
import { placeOfEntry } from '../threads.js';

/** How many rows are read at once: others go on between two times. */
const PART = 100;

/** As the file has it. */
type Texts = Readonly<Record<string, string>>;

interface Bodies {
  /** Rows behind an id, in its order. */
  readonly sql: string;
  /** Reads the bodies of a row. @throws store-failed where one was damaged */
  readonly read: (codec: Codec, row: SqlRow, texts: Texts) => void;
}

/** All bodies that no chain of records is over, but those that live for seconds. */
const all: readonly Bodies[] = [
  {
    sql: 'SELECT a.id, r.run_id, a.place, a.body FROM answers a JOIN runs r ON r.id = a.run WHERE a.id > ? ORDER BY a.id',
    read: (codec, { body }, { run_id: key = '', place = '' }) => codec.decode(body, placeOfAnswer(key, place)),
  },
  {
    sql: 'SELECT rowid AS id, thread, key, body FROM thread_entries WHERE rowid > ? ORDER BY rowid',
    read: (codec, { body }, { thread = '', key = '' }) => codec.decode(body, placeOfEntry(thread, key)),
  },
  {
    sql: 'SELECT rowid AS id, scope, name, body FROM memories WHERE rowid > ? AND body IS NOT NULL ORDER BY rowid',
    read: (codec, { body }, { scope = '', name = '' }) =>
      codec.decode(body, placeOfMemory({ scope: textOfPrefix(scope), name: textOfKey(name) })),
  },
  {
    sql: 'SELECT id, scope, name, key, model, vector, body FROM notes WHERE id > ? ORDER BY id',
    read: (codec, { vector, body }, { scope = '', name = '', key = '', model = '' }) => {
      codec.decode(body, placeOfNote({ scope, name, key }));
      codec.decodeBytes(vector, placeOfVector({ scope, name, key }, model));
    },
  },
];

/** Looks at answers, threads, memories and notes. @param attempt is told what cannot be read */
export async function checkBodies(
  database: Database,
  codec: Codec,
  attempt: (act: () => Promise<void>) => Promise<void>,
): Promise<void> {
  for (const { sql, read } of all) {
    await attempt(async () => {
      const select = database.prepare(`${sql} LIMIT ${PART}`);
      for (let after = Number.MIN_SAFE_INTEGER; ; await pause()) {
        const rows = select.all(after);
        for (const row of rows) await attempt(async () => read(codec, row, row as Texts));
        if (rows.length < PART) return;
        after = rows.at(-1)?.id as number;
      }
    });
  }
}
