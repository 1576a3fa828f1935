import { EspalierError, type JournalRecord, type Lease, type Rest, type RunStartEvent } from '@espalier/core';
import { headHash } from './database/chain.js';
import { placeOf } from './database/codec.js';
import type { Database, SqlRow, Statement } from './database/database.js';
import { keyText } from './database/key-text.js';
import type { Protection } from './database/protection.js';
import type { PackedBody, Records } from './records.js';
import { endSum, startSum } from './run-row.js';
import type { Session } from './session.js';

/** Runs: who holds them, how far they have come. What writes is called within a change. */
export class Histories {
  readonly #session: Session;
  readonly #records: Records;
  readonly #protection: Protection;
  readonly #insert: Statement;
  readonly #last: Statement;
  readonly #advance: Statement;
  readonly #end: Statement;
  readonly #state: Statement;
  readonly #take: Statement;
  readonly #give: Statement;
  readonly #exists: Statement;
  readonly #rest: Statement;
  readonly #wake: Statement;

  constructor(database: Database, session: Session, records: Records, protection: Protection) {
    this.#session = session;
    this.#records = records;
    this.#protection = protection;
    const prepare = (sql: string): Statement => database.prepare(sql);
    this.#insert = prepare(
      'INSERT INTO runs (run_id, workflow, version, started_at, owner, session, head, sum, forked_from, parent, root) ' +
        'VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, (SELECT coalesce(root, id) FROM runs WHERE run_id = ?)) ' +
        'ON CONFLICT DO NOTHING RETURNING id',
    );
    this.#last = prepare(
      'SELECT r.id, token, session, ended_at, length, x.hash ' +
        'FROM runs r LEFT JOIN records x ON x.run = r.id AND x.seq = r.length - 1 WHERE run_id = ?',
    );
    // Apart from the end: an index whose columns are named is written anew, and with it a page more in each commit.
    this.#advance = prepare('UPDATE runs SET length = ?, head = ? WHERE id = ?');
    this.#end = prepare('UPDATE runs SET ended_at = ?, status = ?, sum = sum + ? WHERE id = ?');
    this.#state = prepare(
      'SELECT token, owner, session, ended_at, expires_at, place, pid, length ' +
        'FROM runs r LEFT JOIN sessions s ON s.id = r.session WHERE run_id = ?',
    );
    this.#take = prepare('UPDATE runs SET token = token + 1, owner = ?, session = ? WHERE run_id = ?');
    this.#give = prepare('UPDATE runs SET owner = NULL, session = NULL WHERE run_id = ? AND token = ?');
    this.#exists = prepare('SELECT 1 FROM runs WHERE run_id = ?');
    this.#rest = prepare(
      'UPDATE runs SET due_at = iif(EXISTS (' +
        'SELECT 1 FROM answers a WHERE a.run = runs.id AND place IN (SELECT value FROM json_each(?))), 0, ?) ' +
        'WHERE run_id = ? AND token = ? AND session IS NOT NULL AND ended_at IS NULL',
    );
    this.#wake = prepare('UPDATE runs SET due_at = 0 WHERE run_id = ? AND due_at > 0');
  }

  create(start: RunStartEvent, body: PackedBody, owner: string): Lease {
    const { runId, workflow, version, time, parent, fork } = start;
    const key = keyText(runId);
    const above = parent === undefined ? null : keyText(parent.runId);
    const forkedFrom = fork === undefined ? null : keyText(fork.runId);
    const hash = this.#records.hash(key, body);
    const head = headHash(this.#protection.link, 1, hash);
    const sum = startSum({ key, workflow, version, startedAt: time, parent: above, forkedFrom });
    const row = this.#insert.get(
      key,
      workflow,
      version,
      time,
      owner,
      this.#session.id,
      head,
      sum,
      forkedFrom,
      above,
      above,
    );
    if (row === undefined) {
      throw new EspalierError('run-exists', `Run '${runId}' exists already.`, { where: { runId } });
    }
    this.#records.insert(row.id as number, body, hash);
    return { runId, owner, token: 1 };
  }

  acquire(runId: string, owner: string): Lease {
    const state = this.#stateOf(runId);
    const { token, owner: holder, expires_at: until } = state;
    if (this.#session.isHeld(state)) throw owned(runId, String(holder), Number(until));
    this.#take.run(owner, this.#session.id, keyText(runId));
    return { runId, owner, token: Number(token) + 1, ...(state.session === null ? {} : { expired: true }) };
  }

  append({ runId, token }: Lease, record: JournalRecord, body: PackedBody): void {
    const { seq } = record;
    const key = keyText(runId);
    const run = this.#last.get(key);
    const isNext = run?.length === seq && typeof run.hash === 'string';
    const mayAppend = isNext && run.token === token && run.session !== null && run.ended_at === null;
    if (!mayAppend) throw this.#refusal(runId, token, seq);
    const id = run.id as number;
    const hash = this.#records.hash(key, body, run.hash as string);
    this.#records.insert(id, body, hash);
    this.#advance.run(seq + 1, headHash(this.#protection.link, seq + 1, hash), id);
    if (record.type !== 'run-end') return;
    this.#end.run(record.time, record.status, endSum(record.time, record.status), id);
  }

  rest({ runId, token }: Lease, { waits, until = Number.POSITIVE_INFINITY }: Rest): void {
    const places = JSON.stringify(waits.map(({ node, step }) => placeOf(node, step)));
    const { changes } = this.#rest.run(places, until, keyText(runId), token);
    if (Number(changes) === 0) throw this.#refusal(runId, token, Number.NaN);
  }

  /** A run that was at rest could go on. */
  wake(runId: string): void {
    this.#wake.run(keyText(runId));
  }

  release({ runId, token }: Lease): void {
    this.#give.run(keyText(runId), token);
  }

  /** @throws run-unknown */
  assertExists(runId: string): void {
    if (this.#exists.get(keyText(runId)) === undefined) throw unknownRun(runId);
  }

  #stateOf(runId: string): SqlRow {
    const state = this.#state.get(keyText(runId));
    if (state === undefined) throw unknownRun(runId);
    return state;
  }

  /** Why nothing was appended. */
  #refusal(runId: string, token: number, seq: number): EspalierError {
    const { token: newest, owner, session, ended_at: endedAt, length } = this.#stateOf(runId);
    const where = { runId };
    if (newest !== token) {
      const who = owner === null ? '' : ` ('${String(owner)}')`;
      const message = `Run '${runId}' has a newer owner${who}: token ${token} may not append any more, ${String(newest)} may.`;
      return new EspalierError('run-fenced', message, { where });
    }
    if (session === null) {
      const message = `The lease of run '${runId}' with token ${token} was given back: acquire the run before appending to it.`;
      return new EspalierError('run-fenced', message, { where });
    }
    if (endedAt !== null) {
      return new EspalierError('run-settled', `Run '${runId}' has ended: nothing can be appended to it.`, { where });
    }
    const message = `Record ${seq} of run '${runId}' cannot follow record ${Number(length) - 1}: the history would not be whole.`;
    return new EspalierError('store-failed', message, { where, hint: 'See why the record before it was not kept.' });
  }
}

/** What a record changes in the row of its run, if it is the last. */
export const unknownRun = (runId: string): EspalierError =>
  new EspalierError('run-unknown', `There is no run '${runId}' in this store.`, { where: { runId } });

const owned = (runId: string, owner: string, until: number): EspalierError =>
  new EspalierError('run-owned', `Run '${runId}' is held by '${owner}'.`, {
    hint: `Wait until that process gives it back. If it has died, its lease ends at ${new Date(until).toISOString()}.`,
    where: { runId },
    details: { owner, until },
  });
