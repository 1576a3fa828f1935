import type {
  Answer,
  AttemptMessage,
  AttemptRequest,
  AttemptResult,
  JournalRecord,
  Json,
  RecordBody,
  RunReply,
  RunRequest,
  RunStatus,
  RunSummary,
  SerializedError,
} from '@espalier/core';

/** What a run is started with. */
export interface RunOrder {
  readonly workflow: string;
  readonly version: number;
  readonly input?: Json;
  readonly identity?: Json;
  /** When it was asked for, in milliseconds since the Unix epoch. */
  readonly time: number;
}

/** How a run came out. Without a status there never was one. */
export interface RunEnding {
  readonly status?: RunStatus;
  readonly output?: Json;
  readonly error?: SerializedError;
}

/** What a process asks of the run, and when. */
export interface TimedRequest {
  readonly request: RunRequest;
  readonly time: number;
}

/** What a run has replied; or it is over, and has not. */
export type AskReply = RunReply | { readonly over: true };

/** A record that an attempt has made, and when. It gets its place when it reaches the run. */
export interface TimedRecord {
  readonly time: number;
  readonly body: RecordBody;
}

/** What an attempt is made from: once more, where it has waited. */
export interface AttemptOrder {
  readonly request: AttemptRequest;
  /** What it has recorded already. */
  readonly records: readonly TimedRecord[];
  /** To what it has waited for. */
  readonly answers: readonly Answer[];
}

/** What became of an attempt: a result, or it waits. */
export interface AttemptReply {
  readonly time: number;
  /** What it has recorded, without what it was given. */
  readonly records: readonly TimedRecord[];
  readonly result?: AttemptResult;
  /** The engine could not make it. */
  readonly refused?: SerializedError;
  /** All that is left of it waits for this. */
  readonly waits?: AttemptMessage;
}

/** Records of a run from a position on. */
export interface RecordPage {
  readonly records: readonly JournalRecord[];
  /** There is no such run. */
  readonly unknown?: true;
}

/** What a run says of itself. */
export type KeptSummary = Omit<RunSummary, 'ended' | 'owned' | 'rest' | 'damaged'>;
