import type { BegunBody, EngineRun, StepKey, StepRecording } from '../engine/engine.js';
import { deserializeError, EspalierError } from '../errors/espalier-error.js';
import type { JournalRecord, RecordBody, StepRecord } from '../events/event.js';
import type { MaybePromise } from '../journal/maybe-promise.js';
import type { SensitiveValues } from '../sensitive/sensitive-values.js';
import { otherStep } from './divergence-of.js';
import { isPolicyFailure } from './policy-failures.js';
import type { RecordedPath, RecordedStep } from './recorded-path.js';
import { isSuccess, type ReplayAttempts } from './replay-attempts.js';
import type { ReplayCheck } from './replay-check.js';
import { ReplayHistory } from './replay-history.js';
import type { ReplayRecord } from './replay-record.js';
import { deliver } from './step-delivery.js';
import { StepUnrecorded } from './step-unrecorded.js';

/**
 * A run that is done again from its record: the engine's side of it. Nothing is performed and nothing is written.
 *
 * R1 Every record that the code would write is held against the one that is there.
 * R2 A step gets its recorded result; within a run of a node, results come in the order in which they came before.
 * R3 What is not on record is a divergence where its attempt has an end on record; else the record stops before it, and the
 *    code waits for what never comes.
 */
export class ReplayRun implements EngineRun {
  readonly runId: string;
  readonly owner = 'replay';
  readonly expired = false;
  readonly performing = 0;
  readonly history: ReplayHistory;
  readonly #record: ReplayRecord;
  readonly #check: ReplayCheck;
  readonly #attempts: ReplayAttempts;
  readonly #waiting: ((error: unknown) => void)[] = [];
  #time: number;

  constructor(record: ReplayRecord, check: ReplayCheck, attempts: ReplayAttempts) {
    this.runId = record.start.runId;
    this.#record = record;
    this.#check = check;
    this.#attempts = attempts;
    this.#time = record.start.time;
    this.history = new ReplayHistory(record, (key) => this.#read(key));
  }

  get sensitive(): SensitiveValues | undefined {
    return this.#check.sensitive;
  }

  set sensitive(values: SensitiveValues | undefined) {
    this.#check.sensitive = values;
  }

  record(body: RecordBody): MaybePromise<void> {
    const isCutOff = body.type === 'model-end' || (body.type === 'node-end' && body.status === 'cancelled');
    if (body.type === 'node-start' || isCutOff) return;
    if (body.type === 'model-start' || body.type === 'tool-start' || body.type === 'node-suspend') {
      return this.#begun(body);
    }
    if (body.type === 'step-end') return this.#unexpected(body);
    const expected = 'node' in body ? expectedOf(this.#record.path(body.node), body) : undefined;
    if (expected === undefined) return this.#never();
    this.#check.meet(expected);
    if (body.type === 'node-skip' && expected.type !== 'node-skip') {
      this.#check.diverge(otherStep('missing', expected, 'on record it runs; now it is skipped'));
    } else this.#check.compare(expected, body);
    return this.#check.isOver ? this.#never() : undefined;
  }

  compare(body: BegunBody): void {
    const step = this.#record.runOf(body.node)?.step(body);
    if (step?.begun !== undefined) this.#check.compare(step.begun, body);
  }

  task<T>(key: StepKey, perform: () => MaybePromise<T>, { composed }: StepRecording<T>): MaybePromise<T> {
    const run = this.#record.runOf(key.node);
    const step = run?.step(key);
    if (run === undefined) return this.#never();
    for (const inner of run.inside(key)) this.#given(inner); // what is on record is not performed again
    if (step?.result !== undefined) {
      const result = this.#result<T>(run, step);
      return composed === true ? this.#again(step.result, perform, result) : result;
    }
    if (step === undefined && isSuccess(run.conclusion)) return Promise.reject(new StepUnrecorded(key));
    this.#attempts.unanswered(run);
    return this.#never();
  }

  now(): number {
    return this.#time;
  }

  emitText(): void {}

  timer(): () => void {
    return nothing;
  }

  signal(): () => void {
    return nothing;
  }

  expire(): void {}

  rest(): () => void {
    return nothing;
  }

  async reload(): Promise<void> {}

  /** The replay is over: whoever still waits is told so. */
  close(): void {
    const over = new EspalierError('run-parked', `The replay of run '${this.runId}' is over.`, {
      where: { runId: this.runId },
    });
    for (const reject of this.#waiting.splice(0)) reject(over);
  }

  #begun(body: BegunBody): MaybePromise<void> {
    const step = this.#record.runOf(body.node)?.step(body);
    if (step?.begun === undefined) return this.#unexpected(body);
    this.#check.ask(step);
    this.#check.compare(step.begun, body);
    return undefined;
  }

  #result<T>(run: RecordedPath, step: RecordedStep): Promise<T> {
    this.#check.ask(step);
    return new Promise((resolve, reject) => {
      this.#waiting.push(reject);
      deliver(run, step, () => {
        const { value, error, time } = step.result as StepRecord;
        this.#time = Math.max(this.#time, time);
        this.#check.moved();
        if (error === undefined) resolve(value as T);
        else reject(deserializeError(error));
        this.#attempts.came(run);
      });
    });
  }

  /** A tool that is an agent does its own steps again, from their records. */
  async #again<T>(recorded: StepRecord, perform: () => MaybePromise<T>, result: Promise<T>): Promise<T> {
    const value = await perform();
    this.#check.compare(recorded, { ...recorded, value } as RecordBody);
    return result;
  }

  /** The code reads the time, a number or an id: it has it at once. */
  #read(key: StepKey): void {
    const step = this.#record.runOf(key.node)?.step(key);
    if (step !== undefined) this.#given(step);
  }

  /** There is nobody who waits for its turn. */
  #given(step: RecordedStep): void {
    step.delivered = true;
    this.#check.ask(step);
  }

  #unexpected(body: RecordBody & { readonly node: string }): Promise<never> {
    const run = this.#record.runOf(body.node);
    if (run !== undefined && isPolicyFailure(run.conclusion?.error)) this.#attempts.unanswered(run);
    else if (run?.conclusion !== undefined) {
      this.#check.diverge(otherStep('unrecorded', body, 'the code does this now; it is not on record'));
    }
    return this.#never();
  }

  /** For what never comes: the record stops before it. */
  #never(): Promise<never> {
    return new Promise((_, reject) => {
      this.#waiting.push(reject);
    });
  }
}

/** The record that one that the code would write now has to be like. */
function expectedOf(path: RecordedPath | undefined, body: RecordBody): JournalRecord | undefined {
  if (body.type === 'node-fan-out') return path?.fanOut ?? path?.end;
  if (body.type === 'node-retry' || body.type === 'node-fallback') return path?.conclusions.get(body.attempt);
  return path?.end;
}

const nothing = (): void => {};
