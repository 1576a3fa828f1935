import type { Observable } from 'rxjs';
import type { Event, JournalRecord, RecordBody, RunStartEvent } from '../events/event.js';
import type { ChainReport } from '../journal/chain-report.js';
import type { Answer, Rest, RunSummary } from '../journal/journal.js';
import type { MaybePromise } from '../journal/maybe-promise.js';
import type { RunFilter } from '../journal/run-filter.js';
import type { RunRequests } from '../journal/run-requests.js';
import type { AttemptControl } from '../remote/attempt-control.js';
import type { AttemptRequest } from '../remote/attempt-request.js';
import type { AttemptResult } from '../remote/attempt-result.js';
import type { SensitiveValues } from '../sensitive/sensitive-values.js';
import type { RecordedHistory } from './recorded-history.js';

/** Names one step of a run, whatever the order of calls. Attempt 0 is the node as a whole, over all its attempts. */
export interface StepKey {
  /** Node path. */
  readonly node: string;
  readonly attempt: number;
  readonly step: string;
}

/** The first record of a run before it has its place. */
export type StartBody = Omit<RunStartEvent, 'v' | 'seq' | 'time' | 'type'>;

/** A step that begins, before its record has its place. */
export type BegunBody = Extract<RecordBody, { readonly type: 'model-start' | 'tool-start' | 'node-suspend' }>;

/** The records of one step. */
export interface StepRecording<T> {
  done(value: T): RecordBody;
  /** Without it, or where it gives nothing, a failure is not kept: the step runs again. */
  failed?(error: unknown): RecordBody | undefined;
  /** What it does is on record step by step: a replay does these again. */
  readonly composed?: boolean;
}

/**
 * Where effects happen. The pipeline performs effects only through this port, so that a store or a distributed
 * engine changes nothing above it.
 */
export interface Engine {
  /** How the process that holds a run is asked for something; nothing where it cannot be. */
  readonly requests?: RunRequests | undefined;
  /**
   * Begins a run: its first record is kept when this returns.
   * @param sensitive what is known to be sensitive from the beginning
   */
  open(start: Omit<RunStartEvent, 'v' | 'seq' | 'time' | 'type'>, sensitive?: SensitiveValues): MaybePromise<EngineRun>;
  /** Begins a run that has records of another after its first one: all of them are kept when this returns, or none. */
  openWith(start: StartBody, taken: readonly JournalRecord[]): MaybePromise<EngineRun>;
  /** Tries once more to give back runs that the journal could not take back when they were closed. */
  giveBack(): MaybePromise<void>;
  /** Takes over a run that nobody holds. @throws run-unknown, run-owned */
  reopen(runId: string): MaybePromise<EngineRun>;
  /**
   * A run's events from a position on: those on record, then those to come, with sensitive data masked. Ends after the
   * terminal event.
   */
  events(runId: string, from?: number): Observable<Event>;
  /** Completes the events of all runs that are not held here, with what is on record: nothing is followed any more. */
  stopFollowing(): void;
  /** The records of a run, as they are. @throws run-unknown */
  read(runId: string): MaybePromise<readonly JournalRecord[]>;
  /** Whether the records of a run are as they were written; nothing where its store cannot tell. @throws run-unknown */
  verify?(runId: string): MaybePromise<ChainReport> | undefined;
  /** What can still be read of a run whose records are not as they were written. @throws run-unknown */
  salvage?(runId: string): MaybePromise<readonly JournalRecord[]>;
  /** One run, if there is one of this id. */
  find(runId: string): MaybePromise<RunSummary | undefined>;
  list(filter?: RunFilter): MaybePromise<readonly RunSummary[]>;
  /** Answers a suspension. @returns false when it has been answered already */
  answer(runId: string, answer: Answer): MaybePromise<boolean>;
  /** The answer that a suspension has been given, if it has. */
  answered(runId: string, node: string, step: string): MaybePromise<Answer | undefined>;
  now(): number;
}

/** One run that this process holds. */
export interface EngineRun {
  readonly runId: string;
  /** What this process is called in leases. */
  readonly owner: string;
  /** What was on record when the run was taken over, or read again; nothing for a new run, and at rest. */
  readonly history: RecordedHistory | undefined;
  /** Whether it was taken over from a process that did not give it back. */
  readonly expired: boolean;
  /** How many steps are performed just now. */
  readonly performing: number;
  /** The sensitive values that the run has met, by which its records are marked; nothing where it has met none. */
  sensitive: SensitiveValues | undefined;
  /**
   * Appends a record; it is kept when this returns or resolves. Records are kept in the order of calls, and none after one
   * that failed: all later calls fail with the same error.
   */
  record(body: RecordBody): MaybePromise<void>;
  /** Tells subscribers of text that is not recorded. */
  emitText(key: StepKey, text: string): void;
  /** Gives the recorded result of a step, or performs it and records the result before anybody sees it. */
  task<T>(key: StepKey, perform: () => MaybePromise<T>, recording: StepRecording<T>): MaybePromise<T>;
  /** Told what a step that is on record would be asked now: a replay compares. @default nothing does */
  compare?(body: BegunBody): void;
  /** Calls back at a time, in milliseconds since the Unix epoch. @returns what cancels it */
  timer(until: number, callback: () => void): () => void;
  /**
   * Calls back once, with the answer to a suspension.
   * @param failed told when it cannot be known whether there is one
   * @returns what cancels it
   */
  signal(key: StepKey, callback: (answer: Answer) => void, failed: (error: unknown) => void): () => void;
  /**
   * The time for an answer is up: keeps that in its place, unless one has come, and tells whoever waits for it by `signal`.
   * An answer that was taken counts, however late.
   */
  expire(key: StepKey): MaybePromise<void>;
  now(): number;
  /**
   * Forgets what is on record, and has it noted that nothing happens in the run before an answer or a time.
   * @param wake called when an answer has come, or the time
   * @param failed told when that could not be noted
   * @returns what ends it
   */
  rest(rest: Rest, wake: () => void, failed: (error: unknown) => void): () => void;
  /** Reads what is on record once more. */
  reload(): Promise<void>;
  /** Gives the run back: nothing is appended after this. */
  close(): MaybePromise<void>;
  /**
   * Makes an attempt of a node, perhaps in another process: see `EngineHost`. The run has its start on record already, and
   * keeps how the node settles. Where there is none, attempts are made here.
   * @throws what kept the attempt from being made: the attempt then has failed with it
   */
  attempt?(request: AttemptRequest, control: AttemptControl): Promise<AttemptResult>;
}

/** What the nodes of a run ask of its engine. */
export type NodeEngine = Pick<
  EngineRun,
  | 'runId'
  | 'history'
  | 'sensitive'
  | 'record'
  | 'emitText'
  | 'task'
  | 'compare'
  | 'timer'
  | 'signal'
  | 'expire'
  | 'now'
  | 'attempt'
>;
