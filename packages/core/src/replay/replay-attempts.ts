import { serializeError } from '../errors/espalier-error.js';
import type { NodeEndEvent, RecordBody } from '../events/event.js';
import { otherStep } from './divergence-of.js';
import { chainOf, isPolicyFailure } from './policy-failures.js';
import type { Conclusion, RecordedPath } from './recorded-path.js';
import type { ReplayCheck } from './replay-check.js';
import type { ReplayRecord } from './replay-record.js';
import { StepUnrecorded } from './step-unrecorded.js';
import { turns } from './turns.js';

/**
 * The attempts of a replay: which are made, and how each came out.
 *
 * A failure that a policy decided, or that a step caused whose failure is not on record, is taken from the record, once the
 * code has come to all that is on record of the attempt.
 */
export class ReplayAttempts {
  readonly #record: ReplayRecord;
  readonly #check: ReplayCheck;
  readonly #isWhole: boolean;

  /** @param isWhole whether every node has settled on record: then nothing may happen that is not */
  constructor(record: ReplayRecord, check: ReplayCheck, isWhole: boolean) {
    this.#record = record;
    this.#check = check;
    this.#isWhole = isWhole;
  }

  /** Whether an attempt is on record, and is to be made. */
  begins(path: string, attempt: number): boolean {
    const run = this.#record.path(path);
    if (run?.starts.has(attempt) !== true) {
      this.#notBegun(path, attempt, run);
      return false;
    }
    if (path.includes('/') && attempt === 1) this.#check.expect(run);
    this.#check.meet(`${path}#${attempt}`);
    run.current = attempt;
    run.unanswered = false;
    return true;
  }

  /** The attempt is made. @param fail ends it as it ended on record */
  making(path: string, attempt: number, fail: (conclusion: Conclusion) => void): void {
    const run = this.#record.path(path) as RecordedPath;
    if (run.current !== attempt) return;
    run.fail = fail;
    this.came(run);
  }

  /** How an attempt goes on whose code has completed; nothing where the record stops before, or the replay is over. */
  completed(path: string, attempt: number): Conclusion | 'completed' | undefined {
    const run = this.#record.path(path) as RecordedPath;
    const conclusion = run.conclusions.get(attempt);
    if (isPolicyFailure(conclusion?.error)) return conclusion;
    if (this.#check.missesStep(run, attempt) || conclusion === undefined) return undefined;
    if (isSuccess(conclusion)) return 'completed';
    this.#check.compare(conclusion, { type: 'node-end', node: path, attempt, status: 'completed' });
    return undefined;
  }

  /** The same of one whose code has failed. */
  failed(path: string, attempt: number, error: unknown): Conclusion | undefined {
    const run = this.#record.path(path) as RecordedPath;
    const conclusion = run.conclusions.get(attempt);
    if (isPolicyFailure(conclusion?.error)) return conclusion;
    if (error instanceof StepUnrecorded) {
      const step = { type: 'step-end', ...error.key } as const;
      this.#check.diverge(otherStep('unrecorded', step, 'the code does this step; it is not on record'));
      return undefined;
    }
    if (this.#check.missesStep(run, attempt) || conclusion === undefined) return undefined;
    const now = serializeError(error);
    for (const { code, message } of chainOf(conclusion.error)) {
      if (code === now.code && message === now.message) return conclusion;
    }
    this.#check.compare(conclusion, { ...conclusion, status: 'failed', error: now } as RecordBody);
    return undefined;
  }

  /** The code waits in an attempt for what has no result on record. */
  unanswered(run: RecordedPath): void {
    run.unanswered = true;
    if (run.conclusion?.error !== undefined) void this.#failByRecord(run);
  }

  /** The code has come to something more of an attempt. */
  came(run: RecordedPath): void {
    if (run.fail !== undefined && isPolicyFailure(run.conclusion?.error)) void this.#failByRecord(run);
  }

  /** Ends an attempt whose failure cannot come from the code, once it has come to all that is on record of it. */
  async #failByRecord(run: RecordedPath): Promise<void> {
    const { current, conclusion } = run;
    await turns();
    if (conclusion === undefined || run.current !== current || this.#check.isOver) return;
    while (run.results[run.next]?.delivered === true) run.next += 1;
    const due = run.results[run.next]?.result;
    if (due !== undefined && due.seq < conclusion.seq) return;
    if (!run.unanswered && run.stepsOf(current).some(({ asked }) => !asked)) return;
    const { fail } = run;
    run.fail = undefined;
    fail?.(conclusion);
  }

  #notBegun(path: string, attempt: number, run: RecordedPath | undefined): void {
    if (run?.end === undefined && !this.#isWhole) return; // the record stops before it
    const isSkipped = run?.end?.type === 'node-skip';
    const what = isSkipped
      ? 'the code runs it; on record it is skipped'
      : 'the code makes this attempt; it is not on record';
    this.#check.diverge(otherStep('unrecorded', { type: 'node-start', node: path, attempt }, what));
  }
}

/** Whether an attempt has completed on record. */
export const isSuccess = (conclusion: Conclusion | undefined): conclusion is NodeEndEvent =>
  conclusion?.type === 'node-end' && conclusion.status === 'completed';
