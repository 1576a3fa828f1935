import { EspalierError, type JournalRecord, type Lease, type Rest, type RunStartEvent } from '@espalier/core';
import { headHash } from './database/chain.js';
import { placeOf } from './database/codec.js';
import type { Database, SqlRow, Statement } from './database/database.js';
import { keyText } from './database/key-text.js';
import type { Protection } from './database/protection.js';
import type { PackedBody, Records } from './records.js';
import { startSum } from './run-row.js';
import type { Session } from './session.js';
import type { Tails } from './tails.js';

interface HistoriesParts {
  readonly session: Session;
  readonly records: Records;
  readonly tails: Tails;
  readonly protection: Protection;
}

/** Runs: who holds them, how far they have come. What writes is called within a change. */
export class Histories {
  readonly #session: Session;
  readonly #records: Records;
  readonly #protection: Protection;
  readonly #insert: Statement;
  readonly #tails: Tails;
  readonly #state: Statement;
  readonly #take: Statement;
  readonly #give: Statement;
  readonly #exists: Statement;
  readonly #rest: Statement;
  readonly #wake: Statement;

  constructor(database: Database, { session, records, tails, protection }: HistoriesParts) {
    this.#session = session;
    this.#records = records;
    this.#protection = protection;
    const prepare = (sql: string): Statement => database.prepare(sql);
    this.#insert = prepare(
      'INSERT INTO runs (run_id, workflow, version, started_at, owner, session, head, sum, forked_from, parent, root) ' +
        'VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, (SELECT coalesce(root, id) FROM runs WHERE run_id = ?)) ' +
        'ON CONFLICT DO NOTHING RETURNING id',
    );
    this.#tails = tails;
    this.#state = prepare(
      'SELECT token, owner, session, ended_at, expires_at, place, pid ' +
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
    const isLeft = this.#session.hasLeft({ runId, token: Number(token) });
    if (!isLeft && this.#session.isHeld(state)) throw owned(runId, String(holder), Number(until));
    const key = keyText(runId);
    this.#tails.reread(key);
    this.#take.run(owner, this.#session.id, key);
    return { runId, owner, token: Number(token) + 1, ...(isLeft || state.session === null ? {} : { expired: true }) };
  }

  append({ runId, token }: Lease, record: JournalRecord, body: PackedBody): void {
    const { seq } = record;
    const key = keyText(runId);
    const tail = this.#tails.of(key);
    const isHeld = tail?.token === token && tail.session !== null && tail.endedAt === null;
    if (!isHeld || tail.length !== seq || tail.hash === null) throw this.#refusal(runId, token, seq);
    const hash = this.#records.hash(key, body, tail.hash);
    this.#records.insert(tail.id, body, hash);
    this.#tails.advance(key, tail, hash);
    if (record.type === 'run-end') this.#tails.end(key, tail, record);
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
    const key = keyText(runId);
    this.#tails.reread(key);
    this.#give.run(key, token);
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
    const { token: newest, owner, session, ended_at: endedAt } = this.#stateOf(runId);
    const where = { runId };
    if (newest !== token) {
      const who = owner === null ? '' : ` ('${String(owner)}')`;
      const message = `Run '${runId}' has a newer owner${who}: token ${token} may not append any more, ${String(newest)} may.`;
      return new EspalierError('run-fenced', message, { where });
    }
    if (endedAt !== null) {
      return new EspalierError('run-settled', `Run '${runId}' has ended: nothing can be appended to it.`, { where });
    }
    if (session === null) {
      const message = `The lease of run '${runId}' with token ${token} was given back: acquire the run before appending to it.`;
      return new EspalierError('run-fenced', message, { where });
    }
    const last = Number(this.#tails.of(keyText(runId))?.length) - 1;
    const message = `Record ${seq} of run '${runId}' cannot follow record ${last}: the history would not be whole.`;
    return new EspalierError('store-failed', message, { where, hint: 'See why the record before it was not kept.' });
  }
}

export const unknownRun = (runId: string): EspalierError =>
  new EspalierError('run-unknown', `There is no run '${runId}' in this store.`, { where: { runId } });

const owned = (runId: string, owner: string, until: number): EspalierError =>
  new EspalierError('run-owned', `Run '${runId}' is held by '${owner}'.`, {
    hint: `Wait until that process gives it back. If it has died, its lease ends at ${new Date(until).toISOString()}.`,
    where: { runId },
    details: { owner, until },
  });
