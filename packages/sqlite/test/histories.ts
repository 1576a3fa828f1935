import type { JournalRecord, RunStartEvent } from '@espalier/core';
import type { SqliteStore } from '../src/index.js';

export interface Play {
  readonly runId: string;
  /** How many records it has, the last one included. @default 3 */
  readonly records?: number;
  readonly time?: number;
  /** When it ends. Otherwise it is given back before that. */
  readonly endsAt?: number;
  readonly parent?: string;
  /** What each record between the first and the last carries. */
  readonly value?: string;
}

export function startOf({ runId, time = 0, parent }: Play): RunStartEvent {
  const start = { v: 1, runId, seq: 0, time, type: 'run-start', workflow: 'w', version: 1, fingerprint: 'f' } as const;
  return parent === undefined ? start : { ...start, parent: { runId: parent, node: 'n' } };
}

export const stepOf = (runId: string, seq: number, value: string, time = 0): JournalRecord => ({
  ...({ v: 1, runId, seq, time, type: 'step-end', node: 'n', attempt: 1, step: `step:${seq}`, value } as const),
});

/** Writes a run, as an engine does. */
export async function play(store: SqliteStore, one: Play): Promise<void> {
  const { runId, records = 3, time = 0, endsAt, value = 'v' } = one;
  const lease = await store.create(startOf(one), 'a');
  const between = records - (endsAt === undefined ? 1 : 2);
  const appends = Array.from({ length: between }, (_, index) =>
    store.append(lease, stepOf(runId, index + 1, value, time)),
  );
  if (endsAt !== undefined) {
    const end = { v: 1, runId, seq: records - 1, time: endsAt, type: 'run-end', status: 'completed' } as const;
    appends.push(store.append(lease, end));
  }
  await Promise.all(appends);
  await store.release(lease);
}
