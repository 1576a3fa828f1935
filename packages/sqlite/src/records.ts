import { EspalierError, type JournalRecord } from '@espalier/core';
import type { Blobs } from './blobs/blobs.js';
import { packRecord, unpack } from './blobs/packed-record.js';
import { headHash, linkHash, NOTHING } from './database/chain.js';
import { placeOf, type Stored } from './database/codec.js';
import type { Database, SqlRow, Statement } from './database/database.js';
import { keyText } from './database/key-text.js';
import type { Protection } from './database/protection.js';

/** A record as it will stand in the file. */
export interface PackedBody {
  readonly seq: number;
  readonly body: Stored;
  /** What was taken out of it. */
  readonly blobs: ReadonlyMap<string, string>;
}

/**
 * The body of a record is bound to its run by its place, and to its `seq` by itself, as it has that within: whoever reads it
 * looks. So a record that was moved can still be told from one that was changed.
 */
export const placeOfRecord = (key: string): string => placeOf('record', key);

/** The records of runs: their bodies, the chain over them, and what is large in them. */
export class Records {
  readonly #protection: Protection;
  readonly #blobs: Blobs;
  readonly #insert: Statement;
  readonly #select: Statement;

  constructor(database: Database, protection: Protection, blobs: Blobs) {
    this.#protection = protection;
    this.#blobs = blobs;
    this.#insert = database.prepare('INSERT INTO records (run, seq, body, hash) VALUES (?, ?, ?, ?)');
    this.#select = database.prepare(
      'SELECT r.length, iif(x.seq = r.length - 1, r.head, NULL) AS head, x.seq, x.body, x.hash FROM runs r ' +
        'LEFT JOIN records x ON x.run = r.id AND x.seq >= ? WHERE r.run_id = ? ORDER BY x.seq',
    );
  }

  /** What can be done before a change. */
  pack(runId: string, record: JournalRecord): PackedBody {
    const { hashed, content } = this.#protection;
    const { text, blobs } = packRecord(record, `Record ${record.seq} of run '${runId}'`, content);
    return { seq: record.seq, body: hashed.encode(text, placeOfRecord(keyText(runId))), blobs };
  }

  /** Where a record will stand in the chain. @param previous the hash of the one before it; nothing for the first */
  hash(run: string, { seq, body }: PackedBody, previous = NOTHING): string {
    return linkHash(this.#protection.link, { previous, run, seq, body });
  }

  /** Within a change. */
  insert(run: number, { seq, body, blobs }: PackedBody, hash: string): void {
    this.#insert.run(run, seq, body, hash);
    this.#blobs.keep(run, blobs);
  }

  /**
   * Follows the chain, so that nothing is read that was not appended.
   *
   * @returns nothing where there is no such run
   * @throws store-failed where one is damaged, or stands where it does not belong
   */
  read(runId: string, from: number): readonly JournalRecord[] | undefined {
    const key = keyText(runId);
    const begin = Math.max(0, from - 1); // the hash of the one before is part of a record's own
    const rows = this.#select.all(begin, key);
    const [run] = rows;
    if (run === undefined) return undefined;
    const length = run.length as number;
    if (begin >= length) return [];
    const context = { runId, key, place: placeOfRecord(key), blob: this.#blobs.reader() };
    const records: JournalRecord[] = [];
    let previous = NOTHING;
    for (let seq = begin; seq < length; seq++) {
      const row = rows[seq - begin];
      if (row?.seq !== seq) throw damaged(runId, seq, 'It is missing.');
      if (seq >= from) records.push(this.#unpacked(row, previous, context));
      previous = row.hash as string;
    }
    const { head } = rows.at(-1) as SqlRow; // told once: it is long
    const isWhole = rows.length === length - begin && headHash(this.#protection.link, length, previous) === head;
    if (!isWhole) throw damaged(runId, length - 1, 'It is not the last one.');
    return records;
  }

  /** What can be read and stands where it says that it belongs, whatever the chain says. */
  salvage(runId: string): readonly JournalRecord[] {
    const key = keyText(runId);
    const blob = this.#blobs.reader();
    const records: JournalRecord[] = [];
    for (const { seq, body } of this.#select.all(0, key)) {
      try {
        const record = unpack(this.#protection.hashed.decode(body, placeOfRecord(key)), blob) as JournalRecord;
        if (record.seq === seq) records.push(record);
      } catch {
        // It is for the report of the chain to name it.
      }
    }
    return records;
  }

  #unpacked({ seq, body, hash }: SqlRow, previous: string, { runId, key, place, blob }: Reading): JournalRecord {
    const link = { previous, run: key, seq: seq as number, body: body as Stored };
    if (linkHash(this.#protection.link, link) !== hash) throw damaged(runId, link.seq, 'It is not what was appended.');
    try {
      return unpack(this.#protection.hashed.decode(body, place), blob) as JournalRecord;
    } catch (cause) {
      throw damaged(runId, link.seq, cause);
    }
  }
}

/** What the records of a run have in common while they are read. */
interface Reading {
  readonly runId: string;
  readonly key: string;
  readonly place: string;
  readonly blob: (hash: string) => unknown;
}

const damaged = (runId: string, seq: number, cause: unknown): EspalierError =>
  new EspalierError('store-failed', `Record ${seq} of run '${runId}' is damaged.`, {
    hint: 'The file was changed by something else. Put it aside, and restore a copy.',
    where: { runId },
    cause: typeof cause === 'string' ? new Error(cause) : cause,
    retryable: false,
  });
