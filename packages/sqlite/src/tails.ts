import type { RunEndEvent } from '@espalier/core';
import { headHash } from './database/chain.js';
import type { Database, Statement } from './database/database.js';
import type { Protection } from './database/protection.js';
import { endSum } from './run-row.js';

/** Where the history of a run ends. */
export interface Tail {
  /** Of the run's row. */
  readonly id: number;
  readonly token: number;
  /** Who holds the run. */
  readonly session: string | null;
  readonly endedAt: number | null;
  readonly length: number;
  /** Of the last record; nothing where that is missing. */
  readonly hash: string | null;
}

/**
 * The ends of histories within one transaction: each is read once, and written once, however many records are appended in
 * between.
 */
export class Tails {
  readonly #protection: Protection;
  readonly #select: Statement;
  readonly #advance: Statement;
  readonly #end: Statement;
  readonly #known = new Map<string, Tail>();
  readonly #moved = new Set<string>();

  constructor(database: Database, protection: Protection) {
    this.#protection = protection;
    this.#select = database.prepare(
      'SELECT r.id, token, session, ended_at AS endedAt, length, x.hash ' +
        'FROM runs r LEFT JOIN records x ON x.run = r.id AND x.seq = r.length - 1 WHERE run_id = ?',
    );
    // Apart from the end: an index whose columns are named is written anew, and with it a page more in each commit.
    this.#advance = database.prepare('UPDATE runs SET length = ?, head = ? WHERE id = ?');
    this.#end = database.prepare(
      'UPDATE runs SET ended_at = ?, status = ?, sum = sum + ?, owner = NULL, session = NULL WHERE id = ?',
    );
  }

  /** @param key the run's id as the file has it. @returns nothing where there is no such run */
  of(key: string): Tail | undefined {
    const known = this.#known.get(key);
    if (known !== undefined) return known;
    const tail = this.#select.get(key) as Tail | undefined;
    if (tail !== undefined) this.#known.set(key, tail);
    return tail;
  }

  /** A record was appended. @param hash of it */
  advance(key: string, tail: Tail, hash: string): void {
    this.#known.set(key, { ...tail, length: tail.length + 1, hash });
    this.#moved.add(key);
  }

  /** The last record was appended: nobody holds the run any more. */
  end(key: string, { id }: Tail, { time, status }: RunEndEvent): void {
    this.#end.run(time, status, endSum(time, status), id);
    const tail = this.#known.get(key) as Tail;
    this.#known.set(key, { ...tail, endedAt: time, session: null });
  }

  /** Who holds the run has changed. */
  reread(key: string): void {
    this.#writeHead(key);
    this.#known.delete(key);
  }

  /** The transaction is about to be committed. */
  keep(): void {
    for (const key of this.#moved) this.#writeHead(key);
    this.forget();
  }

  /** The transaction is over, whatever became of it. */
  forget(): void {
    this.#known.clear();
    this.#moved.clear();
  }

  #writeHead(key: string): void {
    if (!this.#moved.delete(key)) return;
    const { id, length, hash } = this.#known.get(key) as Tail & { readonly hash: string };
    this.#advance.run(length, headHash(this.#protection.link, length, hash), id);
  }
}
