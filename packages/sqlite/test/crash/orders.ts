import type { Duration, Json } from '@espalier/core';
import type { Kill } from './kill.js';

/** What a process is told to do. */
export interface Order {
  /** Of the process, in its effects. */
  readonly name: string;
  readonly file: string;
  readonly effects: string;
  /** Each is begun, gone on with, or only looked at, as it stands in the file. */
  readonly runs: readonly { readonly runId: string; readonly subject: string }[];
  readonly kill?: Kill;
  /** Whether runs that nobody holds go on by themselves. @default they are asked to */
  readonly recovers?: boolean;
  /** @default '1s' */
  readonly lease?: Duration;
}

/** The run of a workflow, in whatever file: ids stand in what is recorded. */
export const runOf = (subject: string): Order['runs'][number] => ({ runId: `run of ${subject}`, subject });

/** How a run stood when the process was done with it. */
export interface RunReport {
  readonly runId: string;
  /** Nothing where the process lost the run: `lost` says why. */
  readonly status?: string;
  readonly output?: Json;
  readonly errorCode?: string;
  /** Nothing where the run had ended before. */
  readonly state?: Json;
  readonly usage?: Json;
  readonly lost?: string;
}

export interface Report {
  readonly name: string;
  readonly runs: readonly RunReport[];
  /** How many writes there were. */
  readonly writes: number;
}
