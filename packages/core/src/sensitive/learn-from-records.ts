import type { JournalRecord } from '../events/event.js';
import { parseMark } from './marks.js';
import { SensitiveValues } from './sensitive-values.js';

/** The sensitive values that records are marked to hold; nothing where none is marked. */
export function learnFromRecords(records: readonly JournalRecord[]): SensitiveValues | undefined {
  let values: SensitiveValues | undefined;
  for (const record of records) {
    if (record.sensitive === undefined) continue;
    values ??= new SensitiveValues();
    learnFromMarks(record, record.sensitive, values);
  }
  return values;
}

/** Takes up the values that marks lead to. */
export function learnFromMarks(from: unknown, marks: readonly string[], values: SensitiveValues): void {
  for (const mark of marks) {
    const { keys, ranges } = parseMark(mark);
    let part = from;
    for (const key of keys) part = (part as Readonly<Record<string, unknown>> | undefined)?.[key];
    if (typeof part === 'string' && keys.at(-1) === 'tool') values.addInvented(part); // only such names are marked
    if (ranges === undefined) values.add(part);
    else if (typeof part === 'string') for (const range of ranges) values.addPart(part, range);
  }
}
