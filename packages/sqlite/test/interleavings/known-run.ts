import type { JournalRecord, NodeResumeEvent, RunEndEvent } from '@espalier/core';
import type { SimulatedProcess } from './simulated-process.js';

/** What surely has happened to a run, told by those who did it. It knows nothing of how runs go on. */
export class KnownRun {
  readonly problems: string[] = [];
  /** Answers that somebody has tried to give. */
  readonly given = new Set<string>();
  /** Answers of which somebody was told that they count. */
  readonly acknowledged = new Set<string>();
  cancelAsked = false;
  /** Who may go on with it. */
  owner: SimulatedProcess | undefined;
  readonly #id: string;
  readonly #effects = new Set<string>();

  constructor(id: string) {
    this.#id = id;
  }

  /** A process has begun with an effect, while this is on record. */
  began(process: SimulatedProcess, key: string, records: readonly JournalRecord[]): void {
    this.#effects.add(key);
    if (process.wasStopped) return; // it could not know that others have gone on
    if (this.owner !== process)
      this.#problem(`${process.name} has an effect in what is ${this.owner?.name ?? 'nobody'}'s`);
    const step = `step:${key.split('/').at(-1)}`;
    const isOnRecord = records.some((record) => record.type === 'step-end' && record.step === step);
    if (isOnRecord) this.#problem(`${process.name} does ${key} again, which is on record`);
  }

  taken(process: SimulatedProcess): void {
    const { owner } = this;
    if (owner?.state === 'alive' && !owner.wasStopped) {
      this.#problem(`${process.name} took it from ${owner.name}, which is alive`);
    }
    this.owner = process;
  }

  givenBack(process: SimulatedProcess): void {
    if (this.owner === process) this.owner = undefined;
  }

  /** Judges it when nothing more can happen. */
  judge(records: readonly JournalRecord[]): readonly string[] {
    const seqs = records.map(({ seq }) => seq);
    if (seqs.some((seq, index) => seq !== index)) this.#problem(`its records are ${seqs.join(' ')}`);
    const ends = records.filter((record): record is RunEndEvent => record.type === 'run-end');
    const [end] = ends;
    if (ends.length !== 1 || records.at(-1) !== end) this.#problem(`it has ${ends.length} ends`);
    if (end?.status === 'cancelled' && !this.cancelAsked) this.#problem('it was cancelled, and nobody asked for that');
    if (end?.status !== 'cancelled' && end?.status !== 'completed')
      this.#problem(`it is ${end?.status}: ${end?.error?.message}`);
    this.#judgeAnswer(records, end);
    return this.problems;
  }

  #judgeAnswer(records: readonly JournalRecord[], end: RunEndEvent | undefined): void {
    const told = records.filter(
      (record): record is NodeResumeEvent => record.type === 'node-resume' && record.step === 'signal:question',
    );
    const counted = told.map(
      ({ value }) => (value as { readonly text: string } | undefined)?.text ?? 'nobody answered',
    );
    const [answer] = counted;
    if (counted.length > 1) this.#problem(`it heard ${counted.join(' and ')}`);
    if (this.acknowledged.size > 1) this.#problem(`it took ${[...this.acknowledged].join(' and ')}`);
    if (answer !== undefined && answer !== 'nobody answered' && !this.given.has(answer)) {
      this.#problem(`it heard ${answer}, which nobody said`);
    }
    const [taken] = this.acknowledged;
    if (taken !== undefined && answer !== undefined && answer !== taken) {
      this.#problem(`it took ${taken}, and heard ${answer}`);
    }
    if (end?.status !== 'completed') return;
    if (end.output !== `${answer}, 3`) this.#problem(`it heard ${answer}, and said ${JSON.stringify(end.output)}`);
    if (this.#effects.size !== 4) this.#problem(`it had the effects ${[...this.#effects].join(', ')}`);
  }

  #problem(text: string): void {
    this.problems.push(`${this.#id}: ${text}`);
  }
}
