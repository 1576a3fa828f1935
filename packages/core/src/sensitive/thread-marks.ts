import type { ThreadEntry } from '../thread/thread-store.js';
import type { Learner } from './learn.js';
import { learnFromMarks } from './learn-from-records.js';
import { marksOfFields, marksOfMessages } from './mark-record.js';
import { SensitiveValues } from './sensitive-values.js';

/** An entry with marks where it holds known sensitive values: later runs of its thread know them by these. */
export function markEntry(entry: ThreadEntry, values: SensitiveValues | undefined): ThreadEntry {
  if (values === undefined) return entry;
  const sensitive =
    entry.kind === 'turn' ? marksOfMessages(entry.messages, values) : marksOfFields({ text: entry.text }, values);
  return sensitive.length === 0 ? entry : { ...entry, sensitive };
}

/** Takes up the sensitive values that entries are marked to hold. */
export function learnFromEntries(run: Learner, entries: readonly ThreadEntry[]): void {
  for (const entry of entries) {
    if (entry.sensitive === undefined) continue;
    run.sensitive ??= new SensitiveValues();
    learnFromMarks(entry, entry.sensitive, run.sensitive);
  }
}
