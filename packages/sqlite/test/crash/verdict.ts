import type { JournalRecord, Json } from '@espalier/core';
import type { Effect } from './effects.js';
import { type Evidence, factsOf, keysOnRecord, type Scene } from './evidence.js';
import { recordKey, threadKey } from './kill.js';
import type { RunReport } from './orders.js';
import type { Subject } from './subjects/subject.js';

/** How a workflow goes that nobody disturbs. */
export interface Undisturbed {
  readonly writes: number;
  readonly report: RunReport;
  /** Of calls, of agents that began, and of answers that were taken. Without the run's id. */
  readonly keys: readonly string[];
  /** By run, its child runs included; without the run's id. */
  readonly facts: ReadonlyMap<string, readonly string[]>;
  readonly thread: readonly Json[];
}

/** What stood in the file when a process had been killed. */
export interface Death {
  readonly onRecord: ReadonlySet<string>;
  /** How many effects there were then: those after them came later than what is on record. */
  readonly effects: number;
}

/** @param live whether other processes have the file open */
export async function deathAt(scene: Scene, live = false): Promise<Death> {
  const onRecord = keysOnRecord(await scene.read({ live }));
  return { onRecord, effects: scene.effects().length };
}

/** How a case has come out. */
export interface Verdict {
  /** Calls of models, tools and steps, by all processes. */
  readonly effects: number;
  /** Calls that were under way at a kill, and made again with the same key. */
  readonly repeated: number;
  /** Calls that were made again though their results were on record. */
  readonly repeatedOnRecord: number;
  readonly problems: readonly string[];
}

const CALLS: ReadonlySet<Effect['kind']> = new Set(['model', 'tool', 'step']);

const ownRuns = ({ runs }: Evidence, runId: string): readonly (readonly [string, readonly JournalRecord[]])[] =>
  [...runs].filter(([id]) => id === runId || id.startsWith(`${runId}/`));

export function threadOf({ thread }: Evidence): readonly Json[] {
  return thread.map((entry) => ({ ...entry, time: 0, runId: '', key: '' }) as unknown as Json);
}

/** What a run shows that nobody disturbed. */
export async function undisturbed(scene: Scene, report: RunReport, writes: number, subject: Subject) {
  const evidence = await scene.read({ threadId: subject.threadId });
  const { runId } = report;
  return {
    writes,
    report,
    keys: keysOf(scene.effects(), runId),
    facts: new Map(ownRuns(evidence, runId).map(([id, records]) => [id.slice(runId.length), factsOf(records)])),
    thread: threadOf(evidence),
  } satisfies Undisturbed;
}

const isOf = ({ key }: Effect, runId: string): boolean => key.startsWith(`${runId}/`) || key.startsWith(`${runId} `);

/** What was done, each thing once, whatever was done again. */
function keysOf(effects: readonly Effect[], runId: string): readonly string[] {
  const own = effects.filter((effect) => effect.kind !== 'answer' && isOf(effect, runId));
  return [...new Set(own.map(({ kind, key }) => `${kind} ${key.slice(runId.length)}`))].sort();
}

/** Judges one run of a case by what its processes have left behind. */
export class Judge {
  readonly #runId: string;
  readonly #subject: Subject;
  readonly #expected: Undisturbed;
  readonly #problems: string[] = [];

  constructor(runId: string, subject: Subject, expected: Undisturbed) {
    this.#runId = runId;
    this.#subject = subject;
    this.#expected = expected;
  }

  judge(report: RunReport, evidence: Evidence, allEffects: readonly Effect[], deaths: readonly Death[]): Verdict {
    const effects = allEffects.filter((effect) => isOf(effect, this.#runId));
    this.#judgeReport(report);
    this.#judgeRecords(evidence, allEffects);
    this.#judgeAnswers(evidence, effects);
    const { repeated, repeatedOnRecord } = this.#judgeRepetitions(allEffects, deaths);
    this.#same('what was done', keysOf(effects, this.#runId), this.#expected.keys);
    return {
      effects: effects.filter(({ kind }) => CALLS.has(kind)).length,
      repeated,
      repeatedOnRecord,
      problems: this.#problems,
    };
  }

  #judgeReport(report: RunReport): void {
    const { status, output, errorCode, state, usage } = this.#expected.report;
    if (report.lost !== undefined) this.#problems.push(`the last process lost the run: ${report.lost}`);
    this.#same('result', [report.status, report.output, report.errorCode], [status, output, errorCode]);
    if (report.state !== undefined) this.#same('state', report.state, state);
    if (report.usage !== undefined) this.#same('usage', report.usage, usage);
  }

  #judgeRecords(evidence: Evidence, effects: readonly Effect[]): void {
    const runs = new Map(
      ownRuns(evidence, this.#runId).map(([id, records]) => [id.slice(this.#runId.length), records]),
    );
    this.#same('runs', [...runs.keys()].sort(), [...this.#expected.facts.keys()].sort());
    const kept = new Set([...[...evidence.runs.values()].flat().map(recordKey), ...evidence.thread.map(threadKey)]);
    for (const [id, records] of runs) {
      this.#same(`facts of ${id}`, factsOf(records), this.#expected.facts.get(id) ?? []);
      this.#same(
        `positions of ${id}`,
        records.map(({ seq }) => seq),
        records.map((_, index) => index),
      );
      const ends = records.filter(({ type }) => type === 'run-end');
      if (ends.length !== 1 || records.at(-1)?.type !== 'run-end')
        this.#problems.push(`${ends.length} ends of '${id}'`);
    }
    const lost = effects.filter(({ kind, key }) => kind === 'kept' && !kept.has(key));
    if (lost.length > 0) this.#problems.push(`acknowledged, and lost: ${lost.map(({ key }) => key).join(', ')}`);
    if (evidence.faults.length > 0) this.#problems.push(...evidence.faults);
    if (evidence.owned.length > 0) this.#problems.push(`still held: ${evidence.owned.join(', ')}`);
    if (this.#subject.threadId !== undefined) this.#same('thread', threadOf(evidence), this.#expected.thread);
  }

  /** One answer counts, and it is that of the process whose answer was taken. */
  #judgeAnswers({ runs }: Evidence, effects: readonly Effect[]): void {
    for (const { signal, child = '' } of this.#subject.answers ?? []) {
      const id = `${this.#runId}${child}`;
      const taken = effects.filter(({ kind, key }) => kind === 'answer' && key === `${id} ${signal}`);
      if (taken.length > 1) this.#problems.push(`${taken.length} answers to '${signal}' were taken`);
      const records = runs.get(id) ?? [];
      const asked = records.filter((record) => record.type === 'node-suspend' && record.signal === signal);
      const steps = new Set(asked.map((record) => (record.type === 'node-suspend' ? record.step : '')));
      const resumed = records.filter((record) => record.type === 'node-resume' && steps.has(record.step));
      if (asked.length !== 1 || resumed.length !== 1) {
        this.#problems.push(`'${signal}' was asked ${asked.length} times and answered ${resumed.length} times`);
      }
      const [by] = taken;
      const text = JSON.stringify(resumed);
      if (by !== undefined && !text.includes(`"${by.process}"`)) {
        this.#problems.push(`the answer of ${by.process} was taken, and ${text} counted`);
      }
    }
  }

  #judgeRepetitions(allEffects: readonly Effect[], deaths: readonly Death[]) {
    const doneBy = new Map<string, string>();
    const again = new Map<string, number>();
    let repeated = 0;
    let repeatedOnRecord = 0;
    for (const [index, effect] of allEffects.entries()) {
      const { kind, key, process } = effect;
      if (!isOf(effect, this.#runId) || !(CALLS.has(kind) || kind === 'node')) continue;
      const before = doneBy.get(key);
      doneBy.set(key, process);
      if (deaths.some(({ effects, onRecord }) => index >= effects && onRecord.has(key))) {
        repeatedOnRecord += 1;
        this.#problems.push(`on record, and done again: ${kind} ${key} by ${process}`);
      } else if (kind === 'node') {
      } else if (before === process) {
        this.#problems.push(`done twice by one process: ${kind} ${key} by ${process}`);
      } else if (before !== undefined) {
        repeated += 1;
        again.set(process, (again.get(process) ?? 0) + 1);
      }
    }
    for (const [process, calls] of again) {
      if (calls > this.#subject.atOnce) this.#problems.push(`${calls} calls were done again by ${process}`);
    }
    return { repeated, repeatedOnRecord };
  }

  #same(what: string, actual: unknown, expected: unknown): void {
    const [got, wanted] = [JSON.stringify(actual), JSON.stringify(expected)];
    if (got !== wanted) this.#problems.push(`${what}: expected ${difference(wanted, got)}`);
  }
}

/** Two texts from a little before where they part. */
function difference(expected: string, actual: string): string {
  let at = 0;
  while (at < expected.length && expected[at] === actual[at]) at++;
  const from = Math.max(0, at - 60);
  return `…${expected.slice(from, at + 140)}…, got …${actual.slice(from, at + 140)}…`;
}
