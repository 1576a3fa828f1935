import type { Database, SqlRow, Statement } from './database/database.js';
import { isIntact } from './run-row.js';

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
  /** How many runs are kept though they seem to be as old: what the file says of them is damaged. `check()` names them. */
  readonly damaged: number;
}

interface Found {
  readonly rows: readonly SqlRow[];
  readonly damaged: number;
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
 * R5 A run whose row is damaged stays: a wrong time deletes nothing. It keeps no other from going.
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
        'AND NOT EXISTS (SELECT 1 FROM runs WHERE root = top.id AND ended_at IS NULL) ORDER BY ended_at LIMIT ? OFFSET ?',
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
      const { rows, damaged } = left === undefined ? this.#ended(before) : this.#childrenOf(left);
      for (const { id } of rows) {
        this.#leave.run(id as number);
        this.#remove.run(id as number);
      }
      const { records } = spent;
      if (rows.length > 0) return { runs: rows.length, records, damaged, done: false };
      if (left === undefined) return { runs: 0, records, damaged, done: true };
      this.#empty(left, spent);
    }
    return { runs: 0, records: spent.records, damaged: 0, done: false };
  }

  /** Some of the runs that may go, and how many that are damaged stand before them. */
  #ended(before: number): Found {
    for (let damaged = 0; ; ) {
      const all = this.#old.all(before, MOST.runs, damaged);
      const rows = all.filter(isIntact);
      damaged += all.length - rows.length;
      if (rows.length > 0 || all.length < MOST.runs) return { rows, damaged };
    }
  }

  #childrenOf(run: number): Found {
    return { rows: this.#children.all(run, MOST.runs), damaged: 0 };
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
