import { type Duration, milliseconds } from '../clock/duration.js';
import { describeValue, EspalierError } from '../errors/espalier-error.js';
import type { EspalierOptions } from './espalier-options.js';
import { warn } from './warn.js';

/** A run that this process has left alone: it cannot go on with it. */
export interface RefusedRun {
  readonly runId: string;
  readonly workflow: string;
  readonly version: number;
  /** Why: `workflow-unknown`, `run-changed`, `run-crash-loop`, or what else resuming it comes to. */
  readonly error: EspalierError;
}

/** How runs are recovered whose process died, or gave them back. */
export interface RecoveryOptions {
  /**
   * How often such runs are looked for. A run at rest whose time has come is not kept waiting for that.
   * @default '1s'; with a `clock` of your own only at the start, and when the time of a run at rest has come
   */
  readonly every?: Duration;
  /** How many runs are recovered at once: one that rests or has ended makes room for the next. @default 100 @minimum 1 */
  readonly concurrency?: number;
  /**
   * Told of each run that this process cannot go on with, once; of a workflow that it does not know, of the first run.
   * @default a warning of the process, `EspalierWarning`
   */
  readonly onRefused?: (refused: RefusedRun) => void;
  /**
   * Told when the store cannot be asked for such runs, once until it can. It is asked again after a second.
   * @default a warning of the process, `EspalierWarning`
   */
  readonly onStoreFailed?: (error: unknown) => void;
}

/** The same, read. */
export interface RecoveryPlan {
  /** In milliseconds; infinite for only once. */
  readonly every: number;
  readonly concurrency: number;
  readonly onRefused: (refused: RefusedRun) => void;
  readonly onStoreFailed: (error: unknown) => void;
}

/** @returns nothing where no run is to be recovered @throws option-invalid, policy-invalid */
export function readRecovery({ store, clock, recovery = {} }: EspalierOptions): RecoveryPlan | undefined {
  if (recovery === false || store === undefined) return undefined;
  const { every = clock === undefined ? '1s' : undefined, concurrency = 100 } = recovery;
  const { onRefused = warnOfRefused, onStoreFailed = warnOfStore } = recovery;
  if (!Number.isInteger(concurrency) || concurrency < 1) {
    const got = describeValue(concurrency);
    const message = `createEspalier({ recovery: { concurrency } }): expected a whole number from 1, got ${got}.`;
    throw new EspalierError('option-invalid', message);
  }
  const told = { concurrency, onRefused, onStoreFailed };
  if (every === undefined) return { every: Number.POSITIVE_INFINITY, ...told };
  return { every: atLeastOne(every, 'createEspalier({ recovery: { every } })'), ...told };
}

const warnOfRefused = ({ error }: RefusedRun): void =>
  warn(`Recovery leaves a run alone. ${error.message} ${error.hint}`);

const warnOfStore = (error: unknown): void =>
  warn(`Recovery cannot ask the store for runs, and tries again: ${error instanceof Error ? error.message : error}`);

/** In milliseconds. @throws policy-invalid */
export const readLayAsideAfter = ({ layAsideAfter = '5s' }: EspalierOptions): number =>
  layAsideAfter === false ? Number.POSITIVE_INFINITY : atLeastOne(layAsideAfter, 'createEspalier({ layAsideAfter })');

/** A timer of no time at all would leave no time for anything else. */
const atLeastOne = (duration: Duration, name: string): number => Math.max(1, milliseconds(duration, name));
