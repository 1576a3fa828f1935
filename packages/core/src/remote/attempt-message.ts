import type { Json, JsonSchema } from '../schema/json.js';

/** An answer or a time that an attempt waits for. */
export interface SentSuspension {
  /** Node path: that of the attempt, or of an agent inside it. */
  readonly node: string;
  readonly attempt: number;
  readonly step: string;
  /** What an answer is addressed to; nothing for a timer. */
  readonly signal?: string;
  readonly request?: Json;
  /** In milliseconds since the Unix epoch. */
  readonly until?: number;
  /** What an answer looks like: the run refuses one that does not, and the attempt checks the answer in full. */
  readonly answer?: JsonSchema;
}

/**
 * What an attempt tells the run while it goes on, as plain data. Each message says all there is to know, so that one that comes
 * twice does no harm, and one may be left out that a newer one follows. An engine delivers them in order.
 */
export interface AttemptMessage {
  /** Answers and times that it waits for. */
  readonly open: readonly SentSuspension[];
  /** How many waits are open in it, those for child runs that rest included. With any, it needs no slot. */
  readonly waits: number;
}
