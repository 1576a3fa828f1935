import type { SqlRow } from '../database/database.js';
import { keyText } from '../database/key-text.js';
import type { Faults } from './faults.js';

interface Ends {
  /** The texts of the first and the last record; nothing where they are not as they were. */
  readonly first: string | undefined;
  readonly last: string | undefined;
}

/** Whether the row of a run says of it what its first and its last record say. */
export function checkRow(run: SqlRow, faults: Faults, { first, last }: Ends): void {
  const start = parsed(first);
  if (start !== undefined) {
    compare(run, faults, 0, {
      workflow: start.workflow,
      version: start.version,
      started_at: start.time,
      parent: keyOf(start.parent),
      forked_from: keyOf(start.fork),
    });
  }
  const end = parsed(last);
  if (end === undefined) return;
  const isEnd = end.type === 'run-end';
  const seq = (run.length as number) - 1;
  compare(run, faults, seq, { ended_at: isEnd ? end.time : null, status: isEnd ? end.status : null });
}

export const rowChanged = (faults: Faults, seq: number, what: string): void =>
  faults.add(seq, 'changed', `The row of the run was changed: ${what}.`);

function compare(run: SqlRow, faults: Faults, seq: number, fields: Readonly<Record<string, unknown>>): void {
  for (const [field, value] of Object.entries(fields)) {
    if (run[field] === value) continue;
    rowChanged(faults, seq, `${field} is ${shown(run[field])}, and ${shown(value)} by record ${seq}`);
  }
}

/** What names another run. */
function keyOf(origin: unknown): string | null {
  const runId = Object(origin).runId as unknown;
  return typeof runId === 'string' ? keyText(runId) : null;
}

const shown = (value: unknown): string => JSON.stringify(value) ?? 'nothing';

function parsed(text: string | undefined): Readonly<Record<string, unknown>> | undefined {
  try {
    return text === undefined ? undefined : Object(JSON.parse(text));
  } catch {
    return undefined;
  }
}
