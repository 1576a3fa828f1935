import type { BegunBody, EngineRun, StepKey, StepRecording } from '../engine/engine.js';
import { deserializeError, EspalierError, serializeError } from '../errors/espalier-error.js';
import type { JournalRecord, ModelStartEvent, NodeEndEvent, RecordBody, StepRecord } from '../events/event.js';
import { requestOf } from '../events/request-of.js';
import type { MaybePromise } from '../journal/maybe-promise.js';
import type { ChatRequest } from '../model/chat-model.js';
import { learnFromRecords } from '../sensitive/learn-from-records.js';
import type { SensitiveValues } from '../sensitive/sensitive-values.js';
import { comparedData } from './compared-data.js';
import { changedData, otherStep } from './divergence-of.js';
import { firstDifference } from './first-difference.js';
import { chainOf, isPolicyFailure } from './policy-failures.js';
import type { Conclusion, RecordedPath, RecordedStep } from './recorded-path.js';
import { ReplayHistory } from './replay-history.js';
import type { ReplayProgress } from './replay-progress.js';
import type { ReplayRecord } from './replay-record.js';
import type { Divergence } from './replay-report.js';
import { deliver } from './step-delivery.js';
import { turns } from './turns.js';

/** What a replay has to know of the workflow. */
interface ReplayedWorkflow {
  /** Whether every node has settled on record: then nothing may happen that is not. */
  readonly isWhole: boolean;
  /** Whether budgets limit answers: then a request may have asked for fewer tokens than the code did. */
  readonly hasBudgets: boolean;
}

/**
 * A run that is done again from its record: the engine's side of it. Nothing is performed and nothing is written.
 *
 * R1 Every record that the code would write is held against the one that is there.
 * R2 A step gets its recorded result; within a run of a node, results come in the order in which they came before.
 * R3 What is not on record is a divergence where its attempt has an end on record; else the record stops before it, and the
 *    code waits for what never comes.
 * R4 A failure that a policy decided, or that a step without a recorded failure caused, is taken from the record.
 */
export class ReplayRun implements EngineRun {
  readonly runId: string;
  readonly owner = 'replay';
  readonly expired = false;
  readonly isPerforming = false;
  readonly history: ReplayHistory;
  sensitive: SensitiveValues | undefined;
  readonly #record: ReplayRecord;
  readonly #progress: ReplayProgress;
  readonly #options: ReplayedWorkflow;
  readonly #met = new Set<unknown>();
  readonly #rejects: ((error: unknown) => void)[] = [];
  #time: number;

  constructor(record: ReplayRecord, progress: ReplayProgress, options: ReplayedWorkflow) {
    this.runId = record.start.runId;
    this.#record = record;
    this.#progress = progress;
    this.#options = options;
    this.#time = record.start.time;
    this.sensitive = learnFromRecords(record.records);
    this.history = new ReplayHistory(record, (key) => this.#read(this.#record.runOf(key.node)?.step(key)));
  }

  // EngineRun

  record(body: RecordBody): MaybePromise<void> {
    const isCutOff = body.type === 'model-end' || (body.type === 'node-end' && body.status === 'cancelled');
    if (body.type === 'node-start' || isCutOff) return;
    if (body.type === 'model-start' || body.type === 'tool-start' || body.type === 'node-suspend') {
      return this.#begun(body);
    }
    if (body.type === 'step-end') return this.#unexpected(body);
    if (!('node' in body)) return;
    const path = this.#record.path(body.node);
    const expected = expectedOf(path, body);
    if (expected === undefined) return this.#never();
    this.#meet(expected);
    if (body.type === 'node-skip' && expected.type !== 'node-skip') {
      this.#diverge(otherStep('missing', expected, 'on record it runs; now it is skipped'));
    } else this.#compare(expected, body);
    return this.#progress.isOver ? this.#never() : undefined;
  }

  /** A step that is on record, as it would be asked now. */
  compare(body: BegunBody): void {
    const step = this.#record.runOf(body.node)?.step(body);
    if (step?.begun !== undefined) this.#compare(step.begun, body);
  }

  task<T>(key: StepKey, perform: () => MaybePromise<T>, { composed }: StepRecording<T>): MaybePromise<T> {
    const run = this.#record.runOf(key.node);
    const step = run?.step(key);
    if (run === undefined) return this.#never();
    if (step?.result !== undefined) {
      const result = this.#result<T>(run, step);
      return composed === true ? this.#again(step.result, perform, result) : result;
    }
    const conclusion = run.conclusion;
    if (step === undefined && isSuccess(conclusion)) {
      // A step that fails leaves no record; where the code coped with that, it goes on as it did.
      return Promise.reject(new StepUnrecorded(key));
    }
    if (conclusion !== undefined) this.#unanswered(run);
    return this.#never();
  }

  now(): number {
    return this.#time;
  }

  emitText(): void {}

  timer(): () => void {
    return () => {};
  }

  signal(): () => void {
    return () => {};
  }

  rest(): () => void {
    return () => {};
  }

  async reload(): Promise<void> {}

  /** The replay is over: whoever still waits is told so. */
  close(): void {
    for (const reject of this.#rejects.splice(0)) reject(over(this.runId));
  }

  // The attempts, for the policy that makes them

  /** Whether an attempt is on record, and is to be made. */
  begins(path: string, attempt: number): boolean {
    const known = this.#record.path(path);
    if (known?.starts.has(attempt) !== true) {
      this.#notBegun(path, attempt, known);
      return false;
    }
    if (path.includes('/') && attempt === 1) this.#progress.expect(expectedCount(known));
    this.#meet(`${path}#${attempt}`);
    known.current = attempt;
    known.unanswered = false;
    return true;
  }

  making(path: string, attempt: number, fail: (conclusion: Conclusion) => void): void {
    const run = this.#record.path(path) as RecordedPath;
    if (run.current !== attempt) return;
    run.fail = fail;
    if (isPolicyFailure(run.conclusion?.error)) void this.#failByRecord(run);
  }

  /** How an attempt goes on whose code has completed; nothing where the record stops before, or the replay is over. */
  completed(path: string, attempt: number): Conclusion | 'completed' | undefined {
    const run = this.#record.path(path) as RecordedPath;
    const conclusion = run.conclusions.get(attempt);
    if (isPolicyFailure(conclusion?.error)) return conclusion;
    if (this.#missesStep(run, attempt) || conclusion === undefined) return undefined;
    if (isSuccess(conclusion)) return 'completed';
    this.#compare(conclusion, { type: 'node-end', node: path, attempt, status: 'completed' });
    return undefined;
  }

  failed(path: string, attempt: number, error: unknown): Conclusion | undefined {
    const run = this.#record.path(path) as RecordedPath;
    const conclusion = run.conclusions.get(attempt);
    if (isPolicyFailure(conclusion?.error)) return conclusion;
    if (error instanceof StepUnrecorded) {
      this.#diverge(
        otherStep('unrecorded', { type: 'step-end', ...error.key }, 'the code does this step; it is not on record'),
      );
      return undefined;
    }
    if (this.#missesStep(run, attempt) || conclusion === undefined) return undefined;
    const now = serializeError(error);
    for (const { code, message } of chainOf(conclusion.error)) {
      if (code === now.code && message === now.message) return conclusion;
    }
    this.#compare(conclusion, { ...conclusion, type: conclusion.type, status: 'failed', error: now } as RecordBody);
    return undefined;
  }

  // The replay as a whole

  /** Counts what is on record of nodes, items and iterations; nested agents count once they begin. */
  expectAll(): void {
    for (const path of this.#record.paths()) {
      if (!path.path.includes('/') && !this.#record.isGiven(path.path)) this.#progress.expect(expectedCount(path));
    }
  }

  /** What is on record and the code has not come to. */
  firstUnmet(): Divergence | undefined {
    let first: { readonly seq: number; tell(): Divergence } | undefined;
    const unmet = (seq: number, tell: () => Divergence): void => {
      if (first === undefined || seq < first.seq) first = { seq, tell };
    };
    for (const run of this.#record.paths()) {
      const { path, starts, end } = run;
      if (this.#record.isGiven(path) || (path.includes('/') && !this.#met.has(`${path}#1`))) continue;
      for (const [attempt, seq] of starts) {
        const at = { type: 'node-start', node: path, attempt, seq } as JournalRecord;
        if (!this.#met.has(`${path}#${attempt}`)) unmet(seq, () => otherStep('missing', at, NOT_COME));
      }
      for (const step of run.steps.values()) if (!step.asked) unmet(step.seq, () => unmetStep(run, step));
      if (end !== undefined && !this.#met.has(end))
        unmet(end.seq, () => otherStep('missing', end, 'on record it ends here; the code does not'));
    }
    return first?.tell();
  }

  // Inside

  #begun(body: BegunBody): MaybePromise<void> {
    const step = this.#record.runOf(body.node)?.step(body);
    if (step?.begun === undefined) return this.#unexpected(body);
    this.#asked(step);
    this.#compare(step.begun, body);
    return undefined;
  }

  #result<T>(run: RecordedPath, step: RecordedStep): Promise<T> {
    this.#asked(step);
    return new Promise((resolve, reject) => {
      this.#rejects.push(reject);
      deliver(run, step, () => {
        const { value, error, time } = step.result as StepRecord;
        this.#time = Math.max(this.#time, time);
        this.#progress.moved();
        if (error === undefined) resolve(value as T);
        else reject(deserializeError(error));
        if (run.fail !== undefined && isPolicyFailure(run.conclusion?.error)) void this.#failByRecord(run);
      });
    });
  }

  /** A tool that is an agent does its own steps again, from their records. */
  async #again<T>(recorded: StepRecord, perform: () => MaybePromise<T>, result: Promise<T>): Promise<T> {
    const value = await perform();
    this.#compare(recorded, { ...recorded, value } as RecordBody);
    return result;
  }

  /** The code has read the time, a number or an id: it has it at once. */
  #read(step: RecordedStep | undefined): void {
    if (step === undefined) return;
    step.delivered = true;
    this.#asked(step);
  }

  #asked(step: RecordedStep): void {
    if (step.asked) return;
    step.asked = true;
    this.#progress.met();
  }

  #meet(what: unknown): void {
    if (this.#met.has(what)) return;
    this.#met.add(what);
    this.#progress.met();
  }

  #unexpected(body: RecordBody & { readonly node: string }): Promise<never> {
    const run = this.#record.runOf(body.node);
    const conclusion = run?.conclusion;
    if (run !== undefined && isPolicyFailure(conclusion?.error)) this.#unanswered(run);
    else if (conclusion !== undefined) {
      this.#diverge(otherStep('unrecorded', body, 'the code does this now; it is not on record'));
    }
    return this.#never();
  }

  #unanswered(run: RecordedPath): void {
    run.unanswered = true;
    void this.#failByRecord(run);
  }

  /** Ends an attempt whose failure cannot come from the code, once it has come to all that is on record of it. */
  async #failByRecord(run: RecordedPath): Promise<void> {
    const { current, conclusion } = run;
    if (conclusion?.error === undefined) return;
    await turns();
    if (run.current !== current || run.fail === undefined || this.#progress.isOver) return;
    const due = run.results[run.next]?.result;
    if (due !== undefined && due.seq < conclusion.seq) return;
    if (!run.unanswered && run.stepsOf(current).some(({ asked }) => !asked)) return;
    const { fail } = run;
    run.fail = undefined;
    fail(conclusion);
  }

  #missesStep(run: RecordedPath, attempt: number): boolean {
    const missed = run.stepsOf(attempt).find(({ asked }) => !asked);
    if (missed === undefined) return false;
    this.#diverge(otherStep('missing', recordOf(missed), NOT_COME));
    return true;
  }

  #notBegun(path: string, attempt: number, known: RecordedPath | undefined): void {
    if (known?.end === undefined && !this.#options.isWhole) return; // the record stops before it
    const skipped = known?.end?.type === 'node-skip';
    const what = skipped
      ? 'the code runs it; on record it is skipped'
      : 'the code makes this attempt; it is not on record';
    this.#diverge(otherStep('unrecorded', { type: 'node-start', node: path, attempt }, what));
  }

  #compare(recorded: JournalRecord, now: RecordBody): void {
    const whole = recorded.type === 'model-start' ? this.#whole(recorded, now) : recorded;
    const difference = firstDifference(comparedData(whole), comparedData(now));
    if (difference !== undefined) this.#diverge(changedData(whole, now, difference, this.sensitive));
  }

  #whole(recorded: ModelStartEvent, now: RecordBody): ModelStartEvent {
    const run = this.#record.runOf(recorded.node) as RecordedPath;
    const request = requestOf(run.modelStarts, recorded);
    const limit = (now as { readonly request?: ChatRequest }).request?.settings?.maxOutputTokens;
    const isLimited = this.#options.hasBudgets && request.settings?.maxOutputTokens !== limit;
    if (!isLimited) return { ...recorded, request };
    const { maxOutputTokens: _, ...others } = request.settings ?? {};
    const settings = limit === undefined ? others : { ...others, maxOutputTokens: limit };
    const { settings: __, ...rest } = request;
    return { ...recorded, request: Object.keys(settings).length === 0 ? rest : { ...rest, settings } };
  }

  #diverge(divergence: Divergence): void {
    this.#progress.end(divergence);
  }

  /** For what never comes: the record stops before it. */
  #never(): Promise<never> {
    return new Promise((_, reject) => {
      this.#rejects.push(reject);
    });
  }
}

/** What a step is told that is not on record of an attempt that has completed there. */
class StepUnrecorded extends EspalierError {
  readonly key: StepKey;

  constructor(key: StepKey) {
    super('agent-failed', `Step '${key.step}' of node '${key.node}' has no result on record.`, { retryable: false });
    this.key = key;
  }
}

const NOT_COME = 'it is on record; the code does not come to it any more';

const recordOf = ({ begun, result }: RecordedStep): JournalRecord => (begun ?? result) as JournalRecord;

/** A step that the code has not come to; where it waits for a later one, it takes them in another order. */
function unmetStep(run: RecordedPath, step: RecordedStep): Divergence {
  const waits = run.results.find(({ deliver: waiting, delivered }) => waiting !== undefined && !delivered);
  if (waits === undefined) return otherStep('missing', recordOf(step), NOT_COME);
  const { step: name } = waits.result as StepRecord;
  return otherStep('order', recordOf(step), `on record it comes before step '${name}', which the code does first`);
}

const isSuccess = (conclusion: Conclusion | undefined): conclusion is NodeEndEvent =>
  conclusion?.type === 'node-end' && conclusion.status === 'completed';

/** The record that one that the code would write now has to be like. */
function expectedOf(path: RecordedPath | undefined, body: RecordBody): JournalRecord | undefined {
  if (body.type === 'node-fan-out') return path?.fanOut ?? path?.end;
  if (body.type === 'node-retry' || body.type === 'node-fallback') return path?.conclusions.get(body.attempt);
  return path?.end;
}

/** How many things there are on record of a path that the code has to come to. */
function expectedCount({ starts, conclusions, end, fanOut, steps }: RecordedPath): number {
  const decided = [...conclusions.values()].filter(({ type }) => type !== 'node-end').length;
  return starts.size + decided + (end === undefined ? 0 : 1) + (fanOut === undefined ? 0 : 1) + steps.size;
}

const over = (runId: string): EspalierError =>
  new EspalierError('run-parked', `The replay of run '${runId}' is over.`, { where: { runId } });
