import { setImmediate as pause } from 'node:timers/promises';
import type { ChainReport } from '@espalier/core';
import type { Blobs } from '../blobs/blobs.js';
import { headHash, linkHash } from '../database/chain.js';
import type { Stored } from '../database/codec.js';
import type { Database, SqlRow, Statement } from '../database/database.js';
import { keyText } from '../database/key-text.js';
import type { Protection } from '../database/protection.js';
import { unknownRun } from '../histories.js';
import { placeOfRecord } from '../records.js';
import { BlobCheck } from './blob-check.js';
import { Faults } from './faults.js';
import { checkRow, rowChanged } from './row-check.js';
import { type FoundRecord, Walk } from './walk.js';

/** How many records are read at once: others go on between two times. */
const PART = 200;

/** Follows the chains of runs. Holds few records at a time, however many a run has. */
export class Verification {
  readonly #protection: Protection;
  readonly #blobs: Blobs;
  readonly #select: Statement;

  constructor(database: Database, protection: Protection, blobs: Blobs) {
    this.#protection = protection;
    this.#blobs = blobs;
    // One statement, so that the row and the records are as they are at one time.
    this.#select = database.prepare(
      'SELECT workflow, version, started_at, ended_at, status, parent, forked_from, length, head, x.seq, x.body, x.hash ' +
        'FROM runs r LEFT JOIN records x ON x.run = r.id AND x.seq >= ? WHERE run_id = ? ORDER BY x.seq LIMIT ?',
    );
  }

  /**
   * What is appended meanwhile is read as well.
   *
   * @throws run-unknown
   */
  async verify(runId: string): Promise<ChainReport> {
    const key = keyText(runId);
    const faults = new Faults();
    const blobs = new BlobCheck(this.#blobs, faults);
    let first: string | undefined;
    let last: string | undefined;
    const walk = new Walk(runId, faults, (seq, text) => {
      if (seq === 0) first = text;
      last = text;
      blobs.check(seq, text);
    });
    let next = Number.MIN_SAFE_INTEGER;
    for (let records = 0; ; ) {
      const rows = this.#select.all(next, key, PART);
      const [run] = rows;
      if (run === undefined) throw unknownRun(runId);
      const found = rows.filter(({ seq }) => seq !== null);
      walk.length = run.length as number;
      for (const row of found) walk.take(this.#found(key, row));
      records += found.length;
      if (found.length < PART) {
        walk.end();
        this.#checkEnd(run, walk, faults);
        const isLast = walk.next === walk.length && !faults.has(walk.length - 1);
        checkRow(run, faults, { first: faults.has(0) ? undefined : first, last: isLast ? last : undefined });
        return { head: walk.last ?? '', records, faults: faults.all() };
      }
      next = (found.at(-1)?.seq as number) + 1;
      await pause();
    }
  }

  #found(run: string, { seq: place, body, hash }: SqlRow): FoundRecord {
    return {
      place: place as number,
      hash: hash as string,
      text: this.#text(run, body),
      hashAs: (seq, previous) => linkHash(this.#protection.link, { previous, run, seq, body: body as Stored }),
    };
  }

  #text(run: string, body: unknown): string | undefined {
    try {
      return this.#protection.hashed.decode(body, placeOfRecord(run));
    } catch {
      return undefined;
    }
  }

  #checkEnd(run: SqlRow, { next, length, last }: Walk, faults: Faults): void {
    const end = length - 1;
    if (next > length) {
      const more = next - 1 === length ? `Record ${length} was` : `Records ${length} to ${next - 1} were`;
      faults.add(length, 'added', `${more} put in: the run has ${length} by its row.`);
    } else if (next === length && last !== undefined && !faults.has(end)) {
      const head = headHash(this.#protection.link, length, last);
      if (head !== run.head) rowChanged(faults, end, `its hash is not that of record ${end}`);
    }
  }
}
