import { EspalierError, type JournalRecord, type Lease, type RunStartEvent, type RunSummary } from '@espalier/core';
import type { Database, SqlRow, Statement } from './database/database.js';
import { keyText, textOfKey } from './database/key-text.js';
import type { Session } from './session.js';

const SUMMARY =
  'SELECT run_id, workflow, r.version, started_at, ended_at, session, expires_at, place, pid ' +
  'FROM runs r LEFT JOIN sessions s ON s.id = r.session';

/** Runs and their records. What writes is called within a change. */
export class Histories {
  readonly #session: Session;
  readonly #insertRun: Statement;
  readonly #insertFirst: Statement;
  readonly #append: Statement;
  readonly #end: Statement;
  readonly #state: Statement;
  readonly #take: Statement;
  readonly #give: Statement;
  readonly #select: Statement;
  readonly #exists: Statement;
  readonly #summary: Statement;
  readonly #summaries: Statement;

  constructor(database: Database, session: Session) {
    this.#session = session;
    const prepare = (sql: string): Statement => database.prepare(sql);
    this.#insertRun = prepare(
      'INSERT INTO runs (run_id, workflow, version, started_at, owner, session, root) ' +
        'VALUES (?, ?, ?, ?, ?, ?, (SELECT coalesce(root, id) FROM runs WHERE run_id = ?)) ON CONFLICT DO NOTHING',
    );
    this.#insertFirst = prepare('INSERT INTO records (run, seq, body) VALUES (last_insert_rowid(), ?, ?)');
    // One statement that looks and writes: the lease, the end and the record before this one.
    this.#append = prepare(
      'INSERT INTO records (run, seq, body) SELECT id, ?, ? FROM runs ' +
        'WHERE run_id = ? AND token = ? AND session IS NOT NULL AND ended_at IS NULL ' +
        'AND (SELECT max(seq) FROM records WHERE run = runs.id) = ?',
    );
    this.#end = prepare('UPDATE runs SET ended_at = ? WHERE run_id = ?');
    this.#state = prepare(
      'SELECT token, owner, session, ended_at, expires_at, place, pid, (SELECT max(seq) FROM records WHERE run = r.id) AS seq ' +
        'FROM runs r LEFT JOIN sessions s ON s.id = r.session WHERE run_id = ?',
    );
    this.#take = prepare('UPDATE runs SET token = token + 1, owner = ?, session = ? WHERE run_id = ?');
    this.#give = prepare('UPDATE runs SET owner = NULL, session = NULL WHERE run_id = ? AND token = ?');
    this.#select = prepare(
      'SELECT body FROM records WHERE run = (SELECT id FROM runs WHERE run_id = ?) AND seq >= ? ORDER BY seq',
    );
    this.#exists = prepare('SELECT 1 FROM runs WHERE run_id = ?');
    this.#summary = prepare(`${SUMMARY} WHERE run_id = ?`);
    this.#summaries = prepare(`${SUMMARY} ORDER BY r.id`);
  }

  create({ runId, workflow, version, time, seq, parent }: RunStartEvent, body: string, owner: string): Lease {
    const above = parent === undefined ? null : keyText(parent.runId);
    const { changes } = this.#insertRun.run(keyText(runId), workflow, version, time, owner, this.#session.id, above);
    if (Number(changes) === 0) {
      throw new EspalierError('run-exists', `Run '${runId}' exists already.`, { where: { runId } });
    }
    this.#insertFirst.run(seq, body);
    return { runId, owner, token: 1 };
  }

  acquire(runId: string, owner: string): Lease {
    const state = this.#stateOf(runId);
    const { token, owner: holder, expires_at: until } = state;
    if (this.#session.isHeld(state)) throw owned(runId, String(holder), Number(until));
    this.#take.run(owner, this.#session.id, keyText(runId));
    return { runId, owner, token: Number(token) + 1 };
  }

  append({ runId, token }: Lease, { type, seq, time }: JournalRecord, body: string): void {
    const key = keyText(runId);
    const { changes } = this.#append.run(seq, body, key, token, seq - 1);
    if (Number(changes) === 0) throw this.#refusal(runId, token, seq);
    if (type === 'run-end') this.#end.run(time, key);
  }

  release({ runId, token }: Lease): void {
    this.#give.run(keyText(runId), token);
  }

  read(runId: string, from: number): readonly JournalRecord[] {
    const rows = this.#select.all(keyText(runId), from);
    if (rows.length === 0) this.assertExists(runId);
    return Array.from(rows, ({ body }, index) => {
      try {
        return JSON.parse(body as string) as JournalRecord;
      } catch (cause) {
        throw damaged(runId, Math.max(0, from) + index, cause);
      }
    });
  }

  find(runId: string): RunSummary | undefined {
    const row = this.#summary.get(keyText(runId));
    return row === undefined ? undefined : summaryOf(row, this.#session.isHeld(row));
  }

  list(): readonly RunSummary[] {
    const held = new Map<unknown, boolean>();
    return Array.from(this.#summaries.all(), (row) => {
      const isHeld = held.get(row.session) ?? this.#session.isHeld(row);
      held.set(row.session, isHeld);
      return summaryOf(row, isHeld);
    });
  }

  /** @throws run-unknown */
  assertExists(runId: string): void {
    if (this.#exists.get(keyText(runId)) === undefined) throw unknown(runId);
  }

  #stateOf(runId: string): SqlRow {
    const state = this.#state.get(keyText(runId));
    if (state === undefined) throw unknown(runId);
    return state;
  }

  /** Why nothing was appended. */
  #refusal(runId: string, token: number, seq: number): EspalierError {
    const { token: newest, owner, session, ended_at: endedAt, seq: last } = this.#stateOf(runId);
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
    const message = `Record ${seq} of run '${runId}' cannot follow record ${String(last)}: the history would not be whole.`;
    return new EspalierError('store-failed', message, { where, hint: 'See why the record before it was not kept.' });
  }
}

const damaged = (runId: string, seq: number, cause: unknown): EspalierError =>
  new EspalierError('store-failed', `Record ${seq} of run '${runId}' is damaged.`, {
    hint: 'The file was changed by something else. Put it aside, and restore a copy.',
    where: { runId },
    cause,
    retryable: false,
  });

const unknown = (runId: string): EspalierError =>
  new EspalierError('run-unknown', `There is no run '${runId}' in this store.`, { where: { runId } });

const owned = (runId: string, owner: string, until: number): EspalierError =>
  new EspalierError('run-owned', `Run '${runId}' is held by '${owner}'.`, {
    hint: `Wait until that process gives it back. If it has died, its lease ends at ${new Date(until).toISOString()}.`,
    where: { runId },
    details: { owner, until },
  });

const summaryOf = (
  { run_id: key, workflow, version, started_at: startedAt, ended_at: endedAt }: SqlRow,
  owned: boolean,
): RunSummary => ({
  runId: textOfKey(key as string),
  workflow: workflow as string,
  version: version as number,
  startedAt: startedAt as number,
  ended: endedAt !== null,
  owned,
});
