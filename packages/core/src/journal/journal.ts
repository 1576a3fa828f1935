import type { JournalRecord, RunEndStatus, RunStartEvent } from '../events/event.js';
import type { Json } from '../schema/json.js';
import type { ChainReport } from './chain-report.js';
import type { MaybePromise } from './maybe-promise.js';
import type { RunFilter } from './run-filter.js';
import type { RunRequests } from './run-requests.js';

/** The right to append to a run, until somebody else takes it. */
export interface Lease {
  readonly runId: string;
  readonly owner: string;
  /** Fencing token: grows with every owner of the run. */
  readonly token: number;
  /** The owner before did not give the run back: its time was up. */
  readonly expired?: boolean;
}

/** What a run at rest waits for. */
export interface Rest {
  /** The suspensions of which any may be answered. */
  readonly waits: readonly { readonly node: string; readonly step: string }[];
  /** When it goes on by itself, in milliseconds since the Unix epoch; nothing where only an answer counts. */
  readonly until?: number;
}

/** What the journal knows of a run without reading it. */
export interface RunSummary {
  readonly runId: string;
  readonly workflow: string;
  readonly version: number;
  readonly startedAt: number;
  readonly ended: boolean;
  /** How it ended, if it has. */
  readonly status?: RunEndStatus;
  /** Whether a process holds it. */
  readonly owned: boolean;
  /** The run that called it, for a child run. */
  readonly parent?: string;
  /** The run that it was forked from. */
  readonly forkedFrom?: string;
  /** It has been put to rest: nothing happens before an answer, or that time. */
  readonly rest?: { readonly until?: number };
  /** This is not what was written: something has changed it, and any of it may be wrong. In lists only: `find` throws. */
  readonly damaged?: true;
}

/** An answer to a suspension, as it reached the journal. */
export interface Answer {
  readonly node: string;
  readonly step: string;
  readonly value: Json | undefined;
  /** Who gave it, as told to `espalier.signal`. */
  readonly by?: Json;
  /** Nobody has answered in time: this stands in the place of an answer, so that none can come any more. */
  readonly timedOut?: true;
}

/**
 * The append-only history of runs. The port of every store.
 *
 * J1 Records of a run are read in the order in which they were appended.
 * J2 A call that has returned (or resolved) is kept.
 * J3 Only the newest lease of a run can append; an older one, or one that was given back, gets `run-fenced`.
 * J4 A run that somebody holds cannot be acquired: `run-owned`.
 * J5 A suspension is answered at most once, whoever asks.
 * J6 `run-end` is the last record of a run: nothing can be appended after it, `run-settled`.
 * J7 A run that was put to rest stays so, whoever holds it, until a suspension of it is answered or its time has come: then it
 *    could go on, and is listed as due. An answer that came before counts as well.
 * J8 Every call settles. A store that may hang, across a network, sets a time limit on each call and rejects when that is
 *    up: whoever calls waits, as only the journal can know whether a record was kept.
 */
export interface Journal {
  /** How the process that holds a run is asked for something; nothing where processes cannot share the journal. */
  readonly requests?: RunRequests;
  /**
   * Begins a run with its first record and gives the lease.
   * @param taken records that follow it at once, for a run that begins with those of another: all are kept, or nothing is
   * @throws run-exists
   */
  create(start: RunStartEvent, owner: string, taken?: readonly JournalRecord[]): MaybePromise<Lease>;
  /** @throws run-unknown, run-owned */
  acquire(runId: string, owner: string): MaybePromise<Lease>;
  /**
   * Appends of one lease are kept, and settle, in the order of calls. When one fails, those already under way behind it must fail too:
   * the history has no gap. The engine makes no further ones under that lease. The last record, `run-end`, gives the lease back.
   * @throws run-fenced, run-settled
   */
  append(lease: Lease, record: JournalRecord): MaybePromise<void>;
  /**
   * Puts a run to rest: nothing is to be done in it before an answer or a time. Its lease stays.
   * @throws run-fenced, run-settled
   */
  rest(lease: Lease, rest: Rest): MaybePromise<void>;
  /** Gives the lease back; the run can be acquired again. One that was given back already is left alone. */
  release(lease: Lease): MaybePromise<void>;
  /** @param from first `seq` to read. @throws run-unknown */
  read(runId: string, from?: number): MaybePromise<readonly JournalRecord[]>;
  /** One run, if there is one of this id. */
  find(runId: string): MaybePromise<RunSummary | undefined>;
  /** Runs in the order in which they began, unless the filter says otherwise. @throws run-unknown for `after` */
  list(filter?: RunFilter): MaybePromise<readonly RunSummary[]>;
  /** Keeps an answer unless there is one. @returns whether this one counts. @throws run-unknown */
  answer(runId: string, answer: Answer): MaybePromise<boolean>;
  /** The answer to a suspension, if it has come. */
  answered(runId: string, node: string, step: string): MaybePromise<Answer | undefined>;
  /**
   * Tells that records may have been appended to a run, wherever that was; nothing where the journal cannot know.
   * @returns what ends it @throws run-unknown
   */
  onAppend?(runId: string, listener: () => void): () => void;
  /** Tells of answers as they come. @returns what ends it */
  onAnswer(runId: string, listener: (answer: Answer) => void): () => void;
  /**
   * Follows the chain of a run's records and tells where they are not as they were written. A store whose records nobody can
   * change behind its back has no chain.
   * @throws run-unknown
   */
  verify?(runId: string): MaybePromise<ChainReport>;
  /**
   * The records that can still be read of a run whose records are not as they were written, where `read` refuses them: for an
   * audit, which leaves out what `verify` names.
   * @throws run-unknown
   */
  salvage?(runId: string): MaybePromise<readonly JournalRecord[]>;
}
