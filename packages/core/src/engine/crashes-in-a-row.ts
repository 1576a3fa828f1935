import type { JournalRecord } from '../events/event.js';

/**
 * What is recorded before anything has been achieved: a run that crashes its process gets no further. One that has come to rest
 * has: all of its code that could run has run, and what its process died of later was something else.
 */
const beginnings: ReadonlySet<JournalRecord['type']> = new Set<JournalRecord['type']>([
  ...(['run-start', 'run-resume', 'node-start', 'model-start', 'tool-start'] as const),
]);

/** How many processes in a row have died with a run without getting further in it. */
export function crashesInARow(records: readonly JournalRecord[]): number {
  let crashes = 0;
  for (let at = records.length - 1; at >= 0; at--) {
    const record = records[at] as JournalRecord;
    if (!beginnings.has(record.type)) break;
    if (record.type === 'run-resume' && record.expired === true) crashes += 1;
  }
  return crashes;
}
