import type { Database, Statement } from './database/database.js';
import { assertRow } from './run-row.js';

/** How much one change deletes at most: others write between two of them. The bytes are those after which it stops. */
const MOST = { runs: 100, rows: 500, bytes: 4_000_000 };

/** What a change has deleted so far. */
interface Spent {
  records: number;
  rows: number;
  bytes: number;
}

export interface Pruned {
  /** How many runs are gone, with child runs. */
  readonly runs: number;
  /** How many records of theirs. */
  readonly records: number;
}

/** What one change has deleted. */
export interface PrunedStep extends Pruned {
  /** Whether there was nothing more to delete. */
  readonly done: boolean;
}

/**
 * Deletes runs that ended long ago, in small changes.
 *
 * R1 A run that has not ended stays, and so do the runs that belong to the same one at the top.
 * R2 A run goes at once, for who reads; its records and answers follow. So no part of a history is ever read.
 * R3 Child runs go after the one at the top.
 * R4 Whoever goes on after a crash, in whichever process, finishes what was begun.
 */
export class Pruning {
  readonly #left: Statement;
  readonly #leave: Statement;
  readonly #forget: Statement;
  readonly #children: Statement;
  readonly #old: Statement;
  readonly #remove: Statement;
  readonly #records: Statement;
  readonly #delete: Statement;
  readonly #answers: Statement;
  readonly #blobs: Statement;
  readonly #release: Statement;

  constructor(database: Database) {
    const prepare = (sql: string): Statement => database.prepare(sql);
    this.#left = prepare('SELECT id FROM pruned_runs ORDER BY id LIMIT 1');
    this.#leave = prepare('INSERT INTO pruned_runs VALUES (?)');
    this.#forget = prepare('DELETE FROM pruned_runs WHERE id = ?');
    this.#children = prepare('SELECT id FROM runs WHERE root = ? LIMIT ?');
    this.#old = prepare(
      'SELECT id, run_id, workflow, version, started_at, parent, forked_from, ended_at, status, sum FROM runs AS top WHERE root IS NULL AND ended_at <= ? ' +
        'AND NOT EXISTS (SELECT 1 FROM runs WHERE root = top.id AND ended_at IS NULL) ORDER BY ended_at LIMIT ?',
    );
    this.#remove = prepare('DELETE FROM runs WHERE id = ?');
    this.#records = prepare('SELECT seq, octet_length(body) AS bytes FROM records WHERE run = ? ORDER BY seq LIMIT ?');
    this.#delete = prepare('DELETE FROM records WHERE run = ? AND seq <= ?');
    this.#answers = prepare('DELETE FROM answers WHERE run = ?');
    this.#blobs = prepare(
      'SELECT u.hash, octet_length(b.body) AS bytes FROM blob_runs u LEFT JOIN blobs b ON b.hash = u.hash ' +
        'WHERE u.run = ? LIMIT ?',
    );
    this.#release = prepare('DELETE FROM blob_runs WHERE run = ? AND hash = ?');
  }

  /** Within a change. @param before runs that had ended at this time go */
  step(before: number): PrunedStep {
    const spent: Spent = { records: 0, rows: 0, bytes: 0 };
    while (!isEnough(spent)) {
      const left = this.#left.get()?.id as number | undefined;
      const gone = left === undefined ? this.#old.all(before, MOST.runs) : this.#children.all(left, MOST.runs);
      if (left === undefined) gone.forEach(assertRow); // a time that was damaged deletes nothing
      for (const { id } of gone) {
        this.#leave.run(id as number);
        this.#remove.run(id as number);
      }
      const { records } = spent;
      if (gone.length > 0) return { runs: gone.length, records, done: false };
      if (left === undefined) return { runs: 0, records, done: true };
      this.#empty(left, spent);
    }
    return { runs: 0, records: spent.records, done: false };
  }

  /** Deletes what is left of a run, or as much of it as one change may. */
  #empty(run: number, spent: Spent): void {
    let last: number | undefined;
    for (const { seq, bytes } of this.#records.all(run, MOST.rows - spent.rows)) {
      last = seq as number;
      spent.records += 1;
      if (isEnough(spent, bytes)) break;
    }
    if (last !== undefined) {
      this.#delete.run(run, last);
      return;
    }
    for (const { hash, bytes } of this.#blobs.all(run, MOST.rows - spent.rows)) {
      this.#release.run(run, hash as string); // and so the value, unless another run has it as well
      if (isEnough(spent, bytes)) return;
    }
    this.#answers.run(run);
    this.#forget.run(run);
  }
}

/** @param bytes of a row that is deleted */
function isEnough(spent: Spent, bytes?: unknown): boolean {
  if (bytes !== undefined) {
    spent.rows += 1;
    spent.bytes += Number(bytes);
  }
  return spent.rows >= MOST.rows || spent.bytes >= MOST.bytes;
}
