import type { Subscriber } from 'rxjs';
import type { Event, JournalRecord } from '../events/event.js';
import type { Journal } from '../journal/journal.js';
import { isPromise } from '../journal/maybe-promise.js';
import { maskRecord } from '../sensitive/mask-record.js';

/**
 * Gives the events of a run that is not held here: those on record, and those that its holders append, until its end. Where the
 * journal cannot tell of new records, only those on record.
 *
 * @returns what ends it
 */
export function followJournal(
  journal: Journal,
  runId: string,
  from: number,
  subscriber: Subscriber<Event>,
): () => void {
  let next = Math.max(0, from);
  let isReading = false;
  let isStale = false;
  let stop = (): void => {};
  const give = (records: readonly JournalRecord[]): void => {
    isReading = false;
    for (const record of records) {
      next = record.seq + 1;
      subscriber.next(maskRecord(record));
    }
    if (records.at(-1)?.type === 'run-end' || journal.onAppend === undefined) subscriber.complete();
    else if (isStale) look();
  };
  const fail = (error: unknown): void => subscriber.error(error);
  const look = (): void => {
    isStale = isReading;
    if (isReading || subscriber.closed) return;
    isReading = true;
    try {
      const records = journal.read(runId, next);
      if (isPromise(records)) records.then(give).catch(fail);
      else give(records);
    } catch (error) {
      fail(error);
    }
  };
  try {
    stop = journal.onAppend?.(runId, look) ?? stop;
    look();
  } catch (error) {
    fail(error);
  }
  return stop;
}
