import type { RunFilter, RunSummary } from '@espalier/core';
import type { Database, SqliteValue, SqlRow, Statement } from './database/database.js';
import { keyText, textOfKey } from './database/key-text.js';
import { assertRow, isIntact } from './run-row.js';
import type { Session } from './session.js';

const SELECT =
  'SELECT run_id, workflow, version, started_at, ended_at, status, due_at, parent, forked_from, session, sum FROM runs';

/** What is known of runs without reading their records. */
export class RunList {
  readonly #database: Database;
  readonly #session: Session;
  readonly #sessions: Statement;
  /** By their conditions: there are few that somebody asks for. */
  readonly #statements = new Map<string, Statement>();

  constructor(database: Database, session: Session) {
    this.#database = database;
    this.#session = session;
    this.#sessions = database.prepare('SELECT id AS session, expires_at, place, pid FROM sessions');
  }

  find(runId: string): RunSummary | undefined {
    const row = this.#prepared(`${SELECT} WHERE run_id = ?`).get(keyText(runId));
    if (row === undefined) return undefined;
    assertRow(row);
    return summaryOf(row, this.#live());
  }

  list(filter: RunFilter): readonly RunSummary[] {
    const live = this.#live();
    const { sql, values } = conditions(filter, live);
    return Array.from(this.#prepared(SELECT + sql).all(...values), (row) => {
      const summary = summaryOf(row, live);
      return isIntact(row) ? summary : { ...summary, damaged: true }; // one of them is no reason to show none
    });
  }

  /** The sessions whose runs are held. */
  #live(): ReadonlySet<unknown> {
    const held = this.#sessions.all().filter((row) => this.#session.isHeld(row));
    return new Set([this.#session.id, ...held.map(({ session }) => session)]);
  }

  #prepared(sql: string): Statement {
    const statement = this.#statements.get(sql) ?? this.#database.prepare(sql);
    this.#statements.set(sql, statement);
    return statement;
  }
}

/**
 * The index by which runs are found: that of the fewest. Said, as SQLite knows nothing of how many there are of what. Without one it goes
 * through all of them, which finds most of those that it looks at, and the page is full soon.
 */
function indexOf({ ended, status, owned, workflow, parent, due }: RunFilter): string | undefined {
  if (typeof parent === 'string') return 'runs_by_parent';
  if (owned === true) return 'runs_held';
  if (ended === false && due !== undefined) return 'runs_by_due';
  if (ended === false) return workflow === undefined ? 'runs_open' : 'runs_open_by_workflow';
  if (status !== undefined) return workflow === undefined ? 'runs_by_status' : 'runs_by_workflow_and_status';
  return workflow === undefined ? undefined : 'runs_by_workflow';
}

function conditions(filter: RunFilter, live: ReadonlySet<unknown>) {
  const { ended, status, owned, workflow, parent, due, newest = false, after, limit = -1 } = filter;
  const parts: string[] = [];
  const values: SqliteValue[] = [];
  const add = (sql: string, ...bound: readonly SqliteValue[]): void => {
    parts.push(` AND ${sql}`);
    values.push(...bound);
  };
  if (ended !== undefined) add(`ended_at IS ${ended ? 'NOT ' : ''}NULL`);
  if (status !== undefined) add('status = ?', status);
  if (status !== undefined && ended === false) add('false'); // only what has ended has one
  if (workflow !== undefined) add('workflow = ?', workflow);
  if (parent === null) add('parent IS NULL');
  else if (parent !== undefined) add('parent = ?', keyText(parent));
  const held = 'ifnull(session IN (SELECT value FROM json_each(?)), false)';
  if (owned === true) add('session IS NOT NULL');
  if (owned !== undefined) add(owned ? held : `NOT ${held}`, JSON.stringify([...live]));
  if (due !== undefined) add('due_at <= ?', due);
  const place = due === undefined ? 'id' : 'due_at, id';
  const behind = newest && due === undefined ? '<' : '>';
  if (after !== undefined) add(`(${place}) ${behind} (SELECT ${place} FROM runs WHERE run_id = ?)`, keyText(after));
  const order = behind === '<' ? 'id DESC' : place;
  const index = indexOf(filter);
  const by = index === undefined ? '' : ` INDEXED BY ${index}`;
  return { sql: `${by} WHERE true${parts.join('')} ORDER BY ${order} LIMIT ?`, values: [...values, limit] };
}

const summaryOf = (row: SqlRow, live: ReadonlySet<unknown>): RunSummary => {
  const ended = row.ended_at !== null;
  const due = row.due_at as number;
  return {
    runId: textOfKey(row.run_id as string),
    workflow: row.workflow as string,
    version: row.version as number,
    startedAt: row.started_at as number,
    ended,
    ...(ended ? { status: row.status as NonNullable<RunSummary['status']> } : {}),
    owned: live.has(row.session),
    ...(row.parent === null ? {} : { parent: textOfKey(row.parent as string) }),
    ...(row.forked_from === null ? {} : { forkedFrom: textOfKey(row.forked_from as string) }),
    ...(ended || due === 0 ? {} : { rest: Number.isFinite(due) ? { until: due } : {} }),
  };
};
