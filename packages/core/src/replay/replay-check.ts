import type { JournalRecord, ModelStartEvent, RecordBody, StepRecord } from '../events/event.js';
import { requestOf } from '../events/request-of.js';
import type { ChatRequest } from '../model/chat-model.js';
import { learnFromRecords } from '../sensitive/learn-from-records.js';
import { maskRecord } from '../sensitive/mask-record.js';
import type { SensitiveValues } from '../sensitive/sensitive-values.js';
import { comparedData } from './compared-data.js';
import { changedData, otherStep } from './divergence-of.js';
import { firstDifference } from './first-difference.js';
import type { RecordedPath, RecordedStep } from './recorded-path.js';
import type { ReplayProgress } from './replay-progress.js';
import type { ReplayRecord } from './replay-record.js';
import type { Divergence } from './replay-report.js';

/** Holds what the code does against what is on record, and keeps account of what it has come to. */
export class ReplayCheck {
  sensitive: SensitiveValues | undefined;
  readonly #record: ReplayRecord;
  readonly #progress: ReplayProgress;
  readonly #hasBudgets: boolean;
  readonly #met = new Set<unknown>();

  /** @param hasBudgets whether budgets limit answers: then a request may have asked for fewer tokens than the code did */
  constructor(record: ReplayRecord, progress: ReplayProgress, hasBudgets: boolean) {
    this.#record = record;
    this.#progress = progress;
    this.#hasBudgets = hasBudgets;
    this.sensitive = learnFromRecords(record.records);
  }

  get isOver(): boolean {
    return this.#progress.isOver;
  }

  /** Counts what is on record of nodes, items and iterations; nested agents count once they begin. */
  expectAll(): void {
    for (const path of this.#record.paths()) {
      if (!path.path.includes('/') && !this.#record.isGiven(path.path)) this.expect(path);
    }
  }

  expect(path: RecordedPath): void {
    this.#progress.expect(expectedCount(path));
  }

  /** The code has come to a record, or to the start of an attempt. */
  meet(what: unknown): void {
    if (this.#met.has(what)) return;
    this.#met.add(what);
    this.#progress.met();
  }

  /** The code has come to a step. */
  ask(step: RecordedStep): void {
    if (step.asked) return;
    step.asked = true;
    this.#progress.met();
  }

  moved(): void {
    this.#progress.moved();
  }

  diverge(divergence: Divergence): void {
    this.#progress.end(divergence);
  }

  compare(recorded: JournalRecord, now: RecordBody): void {
    const whole = recorded.type === 'model-start' ? this.#whole(recorded, now) : recorded;
    const difference = firstDifference(comparedData(whole), comparedData(now));
    if (difference === undefined) return;
    const shown = recorded.type === 'model-start' ? this.#maskedWhole(recorded) : recorded;
    this.diverge(changedData(shown, now, difference, this.sensitive));
  }

  /** Whether there is a step of an attempt that the code, which is at its end, did not come to. */
  missesStep(run: RecordedPath, attempt: number): boolean {
    const missed = run.stepsOf(attempt).find(({ asked }) => !asked);
    if (missed === undefined) return false;
    this.diverge(otherStep('missing', recordOf(missed), NOT_COME));
    return true;
  }

  /** The first thing on record that the code has not come to. */
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
      if (end !== undefined && !this.#met.has(end)) {
        unmet(end.seq, () => otherStep('missing', end, 'on record it ends here; the code does not'));
      }
    }
    return first?.tell();
  }

  /** The marks of a record are for what it tells of a request: each part is masked before they are put together. */
  #maskedWhole(recorded: ModelStartEvent): ModelStartEvent {
    const { modelStarts } = this.#record.runOf(recorded.node) as RecordedPath;
    const masked = modelStarts.map(maskRecord);
    const own = masked[modelStarts.indexOf(recorded)] as ModelStartEvent;
    return { ...own, request: requestOf(masked, own) };
  }

  #whole(recorded: ModelStartEvent, now: RecordBody): ModelStartEvent {
    const run = this.#record.runOf(recorded.node) as RecordedPath;
    const request = requestOf(run.modelStarts, recorded);
    const limit = (now as { readonly request?: ChatRequest }).request?.settings?.maxOutputTokens;
    if (!this.#hasBudgets || request.settings?.maxOutputTokens === limit) return { ...recorded, request };
    const { maxOutputTokens: _limited, ...others } = request.settings ?? {};
    const settings = limit === undefined ? others : { ...others, maxOutputTokens: limit };
    const { settings: _settings, ...rest } = request;
    return { ...recorded, request: Object.keys(settings).length === 0 ? rest : { ...rest, settings } };
  }
}

const NOT_COME = 'it is on record; the code does not come to it any more';

const recordOf = ({ begun, result }: RecordedStep): JournalRecord => (begun ?? result) as JournalRecord;

/** A step that the code has not come to; where it waits for a later one, it takes them in another order. */
function unmetStep(run: RecordedPath, step: RecordedStep): Divergence {
  const waits = run.results.find(({ deliver, delivered }) => deliver !== undefined && !delivered);
  if (waits === undefined) return otherStep('missing', recordOf(step), NOT_COME);
  const { step: name } = waits.result as StepRecord;
  return otherStep('order', recordOf(step), `on record it comes before step '${name}', which the code does first`);
}

/** How many things there are on record of a path that the code has to come to. */
function expectedCount({ starts, conclusions, end, fanOut, steps }: RecordedPath): number {
  const decided = [...conclusions.values()].filter(({ type }) => type !== 'node-end').length;
  return starts.size + decided + (end === undefined ? 0 : 1) + (fanOut === undefined ? 0 : 1) + steps.size;
}
