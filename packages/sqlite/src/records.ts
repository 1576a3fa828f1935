import { EspalierError, type JournalRecord } from '@espalier/core';
import type { Blobs } from './blobs/blobs.js';
import { packRecord, unpack } from './blobs/packed-record.js';
import { linkHash, NOTHING } from './database/chain.js';
import { placeOf, type Stored } from './database/codec.js';
import type { Database, Statement } from './database/database.js';
import { keyText } from './database/key-text.js';
import type { Protection } from './database/protection.js';

/** A record as it will stand in the file. */
export interface PackedBody {
  readonly seq: number;
  readonly body: Stored;
  /** What was taken out of it. */
  readonly blobs: ReadonlyMap<string, string>;
}

/** The row of a run. */
export interface RunRow {
  readonly id: number;
  /** The run's id as the file has it. */
  readonly key: string;
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
      'SELECT seq, body FROM records WHERE run = (SELECT id FROM runs WHERE run_id = ?) AND seq >= ? ORDER BY seq',
    );
  }

  /** What can be done before a change. */
  pack(runId: string, record: JournalRecord): PackedBody {
    const { codec, content } = this.#protection;
    const { text, blobs } = packRecord(record, `Record ${record.seq} of run '${runId}'`, content);
    return { seq: record.seq, body: codec.encode(text, placeOfRecord(keyText(runId))), blobs };
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

  /** @throws store-failed where one is damaged, or stands where it does not belong */
  read(runId: string, from: number): readonly JournalRecord[] {
    const key = keyText(runId);
    const place = placeOfRecord(key);
    const blob = this.#blobs.reader();
    return Array.from(this.#select.all(key, from), ({ seq, body }) => {
      try {
        const record = unpack(this.#protection.codec.decode(body, place), blob) as JournalRecord;
        if (record.seq === seq && record.runId === runId) return record;
      } catch (cause) {
        throw damaged(runId, seq as number, cause);
      }
      throw damaged(runId, seq as number, new Error('It is another record.'));
    });
  }
}

const damaged = (runId: string, seq: number, cause: unknown): EspalierError =>
  new EspalierError('store-failed', `Record ${seq} of run '${runId}' is damaged.`, {
    hint: 'The file was changed by something else. Put it aside, and restore a copy.',
    where: { runId },
    cause,
    retryable: false,
  });
