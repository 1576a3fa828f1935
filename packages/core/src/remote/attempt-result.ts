import type { SerializedError } from '../errors/espalier-error.js';
import type { StateWrite } from '../events/event.js';
import type { Amounts } from '../policies/budget-ledger.js';
import type { Json } from '../schema/json.js';
import type { SentShape } from '../state/sent-state.js';
import type { ThreadEntry } from '../thread/thread-store.js';
import type { SentStep } from './attempt-request.js';

/** What an attempt has used, its child runs not counted. */
export interface SentUsage {
  readonly modelCalls: number;
  readonly toolCalls: number;
  readonly inputTokens: number;
  readonly outputTokens: number;
  readonly cost: number;
}

/** How an attempt came out, as plain data. */
export interface AttemptResult {
  readonly output?: Json;
  /** It has failed. */
  readonly error?: SerializedError;
  /** Its writes to shared state, where it succeeded. */
  readonly writes?: readonly StateWrite[];
  /** The states that it wrote: what the run must know of classes that it may never have met. */
  readonly states?: readonly SentShape[];
  /** Results of steps that count for later attempts, where it failed. */
  readonly steps?: readonly SentStep[];
  /** What the run's thread gets; the run appends it, since only the run knows whether the attempt still counts. */
  readonly thread?: readonly ThreadEntry[];
  readonly usage?: SentUsage;
  /** What it has spent from its budgets, its child runs included. */
  readonly spent?: Amounts;
  /** Sensitive values that it has met and the run did not know. */
  readonly sensitive?: readonly (string | number)[];
}
