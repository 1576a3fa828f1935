import { describeValue, EspalierError } from '../errors/espalier-error.js';
import type { JournalRecord, RunEndEvent, RunStartEvent } from '../events/event.js';
import type { Answer, Journal, Lease, Rest, RunSummary } from './journal.js';
import { MemoryRunRequests } from './memory-run-requests.js';
import { fitsFilter, type RunFilter } from './run-filter.js';

interface RunHistory {
  readonly records: JournalRecord[];
  /** In the order of starts. */
  readonly number: number;
  /** When it could go on: 0 unless it is at rest. */
  due: number;
  token: number;
  owner: string | undefined;
  answers: Map<string, Answer> | undefined;
  listeners: Set<(answer: Answer) => void> | undefined;
}

export interface MemoryJournalOptions {
  /** How many ended runs are kept; the oldest goes first. @default 100 @minimum 0 */
  readonly keepEnded?: number;
  /** How many records of ended runs are kept; the newest ended run always is. @default 100000 @minimum 0 */
  readonly keepRecords?: number;
}

/** A journal that lives as long as its process: for tests, scripts and short runs. */
export class MemoryJournal implements Journal {
  readonly requests = new MemoryRunRequests({
    isHeld: (runId) => this.#runs.get(runId)?.owner !== undefined,
    assertKnown: (runId) => void this.#run(runId),
  });
  readonly #runs = new Map<string, RunHistory>();
  readonly #ended = new Set<string>();
  readonly #followers = new Map<string, Set<() => void>>();
  /** Those that have not ended and that nobody holds: they are looked for again and again. */
  readonly #free = new Set<string>();
  #started = 0;
  readonly #keepEnded: number;
  readonly #keepRecords: number;
  #endedRecords = 0;

  constructor({ keepEnded = 100, keepRecords = 100_000 }: MemoryJournalOptions = {}) {
    this.#keepEnded = amount(keepEnded, 'keepEnded');
    this.#keepRecords = amount(keepRecords, 'keepRecords');
  }

  create(start: RunStartEvent, owner: string, taken: readonly JournalRecord[] = []): Lease {
    const { runId } = start;
    if (this.#runs.has(runId)) {
      throw new EspalierError('run-exists', `Run '${runId}' exists already.`, { where: { runId } });
    }
    this.#started += 1;
    const of = { number: this.#started, due: 0, token: 1, owner, answers: undefined, listeners: undefined };
    this.#runs.set(runId, { records: [start, ...taken], ...of });
    return { runId, owner, token: 1 };
  }

  acquire(runId: string, owner: string): Lease {
    const run = this.#run(runId);
    if (run.owner !== undefined) {
      throw new EspalierError('run-owned', `Run '${runId}' is held by '${run.owner}'.`, { where: { runId } });
    }
    run.owner = owner;
    run.token += 1;
    this.#free.delete(runId);
    this.requests.taken(runId);
    return { runId, owner, token: run.token };
  }

  append(lease: Lease, record: JournalRecord): void {
    const run = this.#held(lease);
    run.records.push(record);
    const followers = this.#followers.get(lease.runId);
    if (followers !== undefined) for (const follower of [...followers]) follower();
    if (record.type !== 'run-end') return;
    run.owner = undefined;
    this.#end(lease.runId, run.records.length);
  }

  rest(lease: Lease, { waits, until = Number.POSITIVE_INFINITY }: Rest): void {
    const run = this.#held(lease);
    const answered = waits.some(({ node, step }) => run.answers?.has(answerKey(node, step)));
    run.due = answered ? 0 : until;
  }

  release(lease: Lease): void {
    const run = this.#runs.get(lease.runId);
    if (run?.token !== lease.token) return;
    run.owner = undefined;
    if (!this.#ended.has(lease.runId)) this.#free.add(lease.runId);
  }

  read(runId: string, from = 0): readonly JournalRecord[] {
    const { records } = this.#run(runId);
    return records.slice(Math.max(0, from));
  }

  find(runId: string): RunSummary | undefined {
    const run = this.#runs.get(runId);
    return run === undefined ? undefined : this.#summary(run);
  }

  list({ due, newest = false, after, limit, ...traits }: RunFilter = {}): readonly RunSummary[] {
    const order = (one: RunHistory, other: RunHistory): number => {
      if (due !== undefined) return one.due - other.due || one.number - other.number;
      return newest ? other.number - one.number : one.number - other.number;
    };
    const last = after === undefined ? undefined : this.#run(after);
    const ids = traits.ended === false && traits.owned === false ? this.#free : this.#runs.keys();
    return Array.from(ids, (runId) => this.#run(runId))
      .filter((run) => (due === undefined || run.due <= due) && (last === undefined || order(last, run) < 0))
      .sort(order)
      .map((run) => this.#summary(run))
      .filter((summary) => fitsFilter(summary, traits))
      .slice(0, limit);
  }

  answer(runId: string, answer: Answer): boolean {
    const run = this.#run(runId);
    const key = answerKey(answer.node, answer.step);
    run.answers ??= new Map();
    if (run.answers.has(key)) return false;
    run.answers.set(key, answer);
    run.due = 0;
    for (const listener of [...(run.listeners ?? [])]) listener(answer);
    return true;
  }

  answered(runId: string, node: string, step: string): Answer | undefined {
    return this.#run(runId).answers?.get(answerKey(node, step));
  }

  onAppend(runId: string, listener: () => void): () => void {
    this.#run(runId);
    const follower = (): void => listener();
    const ofRun = this.#followers.get(runId) ?? new Set();
    this.#followers.set(runId, ofRun.add(follower));
    return () => {
      ofRun.delete(follower);
      if (ofRun.size === 0 && this.#followers.get(runId) === ofRun) this.#followers.delete(runId);
    };
  }

  onAnswer(runId: string, listener: (answer: Answer) => void): () => void {
    const run = this.#run(runId);
    run.listeners ??= new Set();
    run.listeners.add(listener);
    return () => run.listeners?.delete(listener);
  }

  #run(runId: string): RunHistory {
    const run = this.#runs.get(runId);
    if (run === undefined) {
      throw new EspalierError('run-unknown', `There is no run '${runId}' in this journal.`, { where: { runId } });
    }
    return run;
  }

  /** The run of a lease that may still change it. @throws run-fenced, run-settled */
  #held(lease: Lease): RunHistory {
    const run = this.#run(lease.runId);
    if (run.token === lease.token && this.#ended.has(lease.runId)) throw settled(lease.runId);
    if (run.token !== lease.token || run.owner === undefined) throw fenced(lease, run);
    return run;
  }

  #summary({ records, owner, due }: RunHistory): RunSummary {
    const { runId, workflow, version, time, parent, fork } = records[0] as RunStartEvent;
    const ended = this.#ended.has(runId);
    return {
      runId,
      workflow,
      version,
      startedAt: time,
      ended,
      ...(ended ? { status: (records.at(-1) as RunEndEvent).status } : {}),
      owned: owner !== undefined,
      ...(parent === undefined ? {} : { parent: parent.runId }),
      ...(fork === undefined ? {} : { forkedFrom: fork.runId }),
      ...(ended || due === 0 ? {} : { rest: Number.isFinite(due) ? { until: due } : {} }),
    };
  }

  #end(runId: string, records: number): void {
    this.#ended.add(runId);
    this.#endedRecords += records;
    for (const oldest of this.#ended) {
      const spare = this.#ended.size > 1 && this.#endedRecords > this.#keepRecords;
      if (!spare && this.#ended.size <= this.#keepEnded) return;
      this.#ended.delete(oldest);
      this.#forget(oldest);
    }
  }

  /**
   * Empties the run as well: a table that the map has outgrown may point at it until the next full collection, and so at
   * all that the run recorded. Measured on short runs: it halves what survives young collections.
   */
  #forget(runId: string): void {
    const records = this.#runs.get(runId)?.records;
    this.#endedRecords -= records?.length ?? 0;
    if (records !== undefined) records.length = 0;
    this.#runs.delete(runId);
  }
}

/** No two suspensions have the same key, whatever their names are. */
const answerKey = (node: string, step: string): string => JSON.stringify([node, step]);

function fenced({ runId, token }: Lease, run: RunHistory): EspalierError {
  const why =
    run.token === token
      ? `The lease of run '${runId}' with token ${token} was given back: acquire the run before appending to it.`
      : `Run '${runId}' has a newer owner${run.owner === undefined ? '' : ` ('${run.owner}')`}: ` +
        `token ${token} may not append any more, ${run.token} may.`;
  return new EspalierError('run-fenced', why, { where: { runId } });
}

function settled(runId: string): EspalierError {
  return new EspalierError('run-settled', `Run '${runId}' has ended: nothing can be appended to it.`, {
    where: { runId },
  });
}

function amount(value: number, option: keyof MemoryJournalOptions): number {
  if (value >= 0) return value;
  const got = describeValue(value);
  throw new EspalierError('option-invalid', `MemoryJournal({ ${option} }): expected a number from 0, got ${got}.`);
}
