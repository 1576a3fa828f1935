import type { Observable } from 'rxjs';
import type { Event, JournalRecord, RecordBody, RunStartEvent } from '../events/event.js';
import type { Answer, RunSummary } from '../journal/journal.js';
import type { MaybePromise } from '../journal/maybe-promise.js';
import type { Json } from '../schema/json.js';
import type { RecordedHistory } from './recorded-history.js';

/** Names one step of a run, whatever the order of calls. Attempt 0 is the node as a whole, over all its attempts. */
export interface StepKey {
  /** Node path. */
  readonly node: string;
  readonly attempt: number;
  readonly step: string;
}

/** The records of one step. */
export interface StepRecording<T> {
  done(value: T): RecordBody;
  /** Without it, or where it gives nothing, a failure is not kept: the step runs again. */
  failed?(error: unknown): RecordBody | undefined;
}

/**
 * Where effects happen. The pipeline performs effects only through this port, so that a store or a distributed
 * engine changes nothing above it.
 */
export interface Engine {
  /** Begins a run: its first record is kept when this returns. */
  open(start: Omit<RunStartEvent, 'v' | 'seq' | 'time' | 'type'>): MaybePromise<EngineRun>;
  /** Takes over a run that nobody holds. @throws run-unknown, run-owned */
  reopen(runId: string): MaybePromise<EngineRun>;
  /** A run's events from a position on: those on record, then those to come. Ends after the terminal event. */
  events(runId: string, from?: number): Observable<Event>;
  /** The records of a run. @throws run-unknown */
  read(runId: string): MaybePromise<readonly JournalRecord[]>;
  /** One run, if there is one of this id. */
  find(runId: string): MaybePromise<RunSummary | undefined>;
  list(): MaybePromise<readonly RunSummary[]>;
  /** Answers a suspension. @returns false when it has been answered already */
  answer(runId: string, answer: Answer): MaybePromise<boolean>;
  /** The answer that a suspension has been given, if it has. */
  answered(runId: string, node: string, step: string): MaybePromise<Answer | undefined>;
  now(): number;
}

/** One run that this process holds. */
export interface EngineRun {
  readonly runId: string;
  /** What was on record when the run was taken over; nothing for a new run. */
  readonly history: RecordedHistory | undefined;
  /**
   * Appends a record; it is kept when this returns or resolves. Records are kept in the order of calls, and none after one
   * that failed: all later calls fail with the same error.
   */
  record(body: RecordBody): MaybePromise<void>;
  /** Tells subscribers of text that is not recorded. */
  emitText(key: StepKey, text: string): void;
  /** Gives the recorded result of a step, or performs it and records the result before anybody sees it. */
  task<T>(key: StepKey, perform: () => MaybePromise<T>, recording: StepRecording<T>): MaybePromise<T>;
  /** Calls back at a time, in milliseconds since the Unix epoch. @returns what cancels it */
  timer(until: number, callback: () => void): () => void;
  /**
   * Calls back once, with the answer to a suspension.
   * @param failed told when it cannot be known whether there is one
   * @returns what cancels it
   */
  signal(key: StepKey, callback: (value: Json | undefined) => void, failed: (error: unknown) => void): () => void;
  now(): number;
  /** Gives the run back: nothing is appended after this. */
  close(): MaybePromise<void>;
}
