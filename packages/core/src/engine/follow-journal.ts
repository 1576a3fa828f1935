import type { Subscriber } from 'rxjs';
import type { Event, JournalRecord } from '../events/event.js';
import type { Journal, RunSummary } from '../journal/journal.js';
import { isPromise } from '../journal/maybe-promise.js';
import { maskRecord } from '../sensitive/mask-record.js';

/** Somebody who follows a run that is not held here. */
export interface Follower {
  /** Completes once it has given what is on record. */
  complete(): void;
  /** Gives nothing more. */
  stop(): void;
}

/**
 * Gives the events of a run that is not held here: those on record, and those that its holders append, until its end. Where the
 * journal cannot tell of new records, only those on record.
 */
export function followJournal(journal: Journal, runId: string, from: number, subscriber: Subscriber<Event>): Follower {
  let next = Math.max(0, from);
  let isReading = false;
  let isStale = false;
  let isLast = false;
  let isOver = false;
  let stop = (): void => {};
  const give = (records: readonly JournalRecord[]): void => {
    isReading = false;
    for (const record of records) {
      next = record.seq + 1;
      subscriber.next(maskRecord(record));
    }
    if (records.at(-1)?.type === 'run-end' || journal.onAppend === undefined) subscriber.complete();
    else if (isStale) look();
    else if (isOver) subscriber.complete();
    else if (records.length === 0) completeIfEnded();
  };
  const fail = (error: unknown): void => subscriber.error(error);
  /** Who has had the end already waits for nothing. What was appended since the last look is given first. */
  const completeIfEnded = (): void => {
    const take = (run: RunSummary | undefined): void => {
      if (isLast) subscriber.complete();
      isLast = run?.ended === true;
      if (isLast) look();
    };
    const found = journal.find(runId);
    if (isPromise(found)) found.then(take).catch(fail);
    else take(found);
  };
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
  const complete = (): void => {
    isOver = true;
    look();
  };
  return { complete, stop };
}
