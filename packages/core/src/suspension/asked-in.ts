import { migratedRecords } from '../engine/migrated-records.js';
import { isWithin } from '../engine/node-paths.js';
import type { JournalRecord, NodeSuspendEvent } from '../events/event.js';

/** A record of something that was asked. */
export type Asked = NodeSuspendEvent & { readonly signal: string };

/**
 * What is asked in a run and has no answer on record, by its records: of nodes that go on, in the version that the run is now.
 * An answer may have come that the run has not seen yet.
 */
export function askedIn(records: readonly JournalRecord[]): readonly Asked[] {
  if (records.length === 0 || records.at(-1)?.type === 'run-end') return [];
  const open = new Map<string, Asked>();
  const drop = (over: (asked: Asked) => boolean): void => {
    for (const [key, asked] of open) if (over(asked)) open.delete(key);
  };
  for (const record of migratedRecords(records).records) {
    if (isAsked(record)) open.set(keyOf(record), record);
    else if (record.type === 'node-resume') open.delete(keyOf(record));
    else if (open.size === 0) continue;
    else if (record.type === 'node-end') drop(({ node }) => isWithin(node, record.node));
    // An approval is asked for one attempt, and for the next one again.
    else if (record.type === 'node-start')
      drop(({ node, attempt }) => node === record.node && attempt !== 0 && attempt < record.attempt);
  }
  return [...open.values()];
}

export const isAsked = (record: JournalRecord): record is Asked =>
  record.type === 'node-suspend' && record.signal !== undefined;

const keyOf = ({ node, step }: { readonly node: string; readonly step: string }): string => `${node}\n${step}`;
