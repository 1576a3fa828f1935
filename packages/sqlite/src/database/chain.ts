import type { Stored } from './codec.js';
import type { Digest } from './protection.js';

/** Before the first record of a run there is nothing. */
export const NOTHING = '';

/** Where a record stands in the chain of its run. */
export interface Link {
  /** The hash of the record before it. */
  readonly previous: string;
  /** The run's id as the file has it. */
  readonly run: string;
  readonly seq: number;
  readonly body: Stored;
}

/**
 * The hash of a record: over that of the one before it, so that none can be changed, taken away or put in without all
 * that follow telling. Lengths keep the parts apart.
 */
export const linkHash = (digest: Digest, { previous, run, seq, body }: Link): string =>
  digest(`${previous} ${seq} ${run.length} ${run} `, body);

/**
 * What the run's row keeps, so that records cannot be cut off at the end: not the last hash itself, as who cuts can read that
 * of the record that is then the last.
 */
export const headHash = (digest: Digest, length: number, last: string): string => digest(`head ${length} ${last}`);
