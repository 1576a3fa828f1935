import type { Subscriber } from 'rxjs';
import { Observable } from 'rxjs/internal/Observable';
import type { Clock } from '../clock/clock.js';
import type { Event, JournalRecord, RunStartEvent } from '../events/event.js';
import type { ChainReport } from '../journal/chain-report.js';
import type { Answer, Journal, Lease, RunSummary } from '../journal/journal.js';
import { isPromise, type MaybePromise } from '../journal/maybe-promise.js';
import type { RunFilter } from '../journal/run-filter.js';
import type { RunRequests } from '../journal/run-requests.js';
import { learnFromRecords } from '../sensitive/learn-from-records.js';
import { markRecord } from '../sensitive/mark-record.js';
import { maskRecord } from '../sensitive/mask-record.js';
import type { SensitiveValues } from '../sensitive/sensitive-values.js';
import { EmbeddedRun } from './embedded-run.js';
import type { Engine, EngineRun, StartBody } from './engine.js';
import { type Follower, followJournal } from './follow-journal.js';
import { RecordedHistory } from './recorded-history.js';

/** The engine of one process: effects happen here, and a journal keeps their results. */
export class EmbeddedEngine implements Engine {
  readonly requests: RunRequests | undefined;
  readonly #journal: Journal;
  readonly #clock: Clock;
  readonly #owner: string;
  readonly #runs = new Map<string, EmbeddedRun>();
  readonly #followers = new Set<Follower>();
  #isFollowing = true;
  readonly #attempt: EngineRun['attempt'];
  /** Given back, but not taken: the disk was full. */
  readonly #unreleased = new Set<Lease>();

  /**
   * @param owner names this process in leases
   * @param attempt makes attempts of nodes elsewhere. @default they are made here
   */
  constructor(journal: Journal, clock: Clock, owner: string, attempt?: EngineRun['attempt']) {
    this.requests = journal.requests;
    this.#journal = journal;
    this.#clock = clock;
    this.#owner = owner;
    this.#attempt = attempt;
  }

  open(
    start: Omit<RunStartEvent, 'v' | 'seq' | 'time' | 'type'>,
    sensitive?: SensitiveValues,
  ): MaybePromise<EngineRun> {
    const time = this.#clock.now();
    const record: RunStartEvent = { v: 1, seq: 0, time, type: 'run-start', ...start, owner: this.#owner };
    const lease = this.#journal.create(sensitive === undefined ? record : markRecord(record, sensitive), this.#owner);
    const hold = (held: Lease) => this.#hold(held, undefined, sensitive);
    return isPromise(lease) ? lease.then(hold) : hold(lease);
  }

  async openWith(start: StartBody, taken: readonly JournalRecord[]): Promise<EngineRun> {
    const time = this.#clock.now();
    const record: RunStartEvent = { v: 1, seq: 0, time, type: 'run-start', ...start, owner: this.#owner };
    const sensitive = learnFromRecords([record, ...taken]);
    const first = sensitive === undefined ? record : markRecord(record, sensitive);
    const lease = await this.#journal.create(first, this.#owner, taken);
    return this.#hold(lease, new RecordedHistory([first, ...taken]), sensitive);
  }

  async reopen(runId: string): Promise<EngineRun> {
    const lease = await this.#journal.acquire(runId, this.#owner);
    try {
      const records = await this.#journal.read(runId);
      return this.#hold(lease, new RecordedHistory(records), learnFromRecords(records));
    } catch (error) {
      await this.#release(lease);
      throw error;
    }
  }

  events(runId: string, from = 0): Observable<Event> {
    return new Observable((subscriber) => {
      const run = this.#runs.get(runId);
      if (run === undefined) return this.#follow(runId, from, subscriber);
      const waiting: Event[] = [];
      let caughtUp = false;
      let ended = false;
      let next = from;
      const give = (event: Event): void => {
        if (event.type === 'text-delta') {
          subscriber.next(event);
          return;
        }
        if (event.seq < next) return;
        next = event.seq + 1;
        subscriber.next(maskRecord(event));
        if (event.type === 'run-end') subscriber.complete();
      };
      const stop = run.listen(
        (event) => (caughtUp ? give(event) : waiting.push(event)),
        () => {
          ended = true;
          if (caughtUp) subscriber.complete();
        },
      );
      const catchUp = (records: readonly JournalRecord[]): void => {
        for (const record of records) give(record);
        caughtUp = true;
        for (const event of waiting) give(event);
        if (ended) subscriber.complete();
      };
      const records = this.#read(runId, from);
      if (isPromise(records)) records.then(catchUp, (error: unknown) => subscriber.error(error));
      else catchUp(records);
      return stop;
    });
  }

  read(runId: string): MaybePromise<readonly JournalRecord[]> {
    return this.#journal.read(runId);
  }

  verify(runId: string): MaybePromise<ChainReport> | undefined {
    return this.#journal.verify?.(runId);
  }

  salvage(runId: string): MaybePromise<readonly JournalRecord[]> {
    return this.#journal.salvage?.(runId) ?? this.#journal.read(runId);
  }

  find(runId: string): MaybePromise<RunSummary | undefined> {
    return this.#journal.find(runId);
  }

  list(filter?: RunFilter): MaybePromise<readonly RunSummary[]> {
    return this.#journal.list(filter);
  }

  answer(runId: string, answer: Answer): MaybePromise<boolean> {
    return this.#journal.answer(runId, answer);
  }

  answered(runId: string, node: string, step: string): MaybePromise<Answer | undefined> {
    return this.#journal.answered(runId, node, step);
  }

  now(): number {
    return this.#clock.now();
  }

  #read(runId: string, from: number): MaybePromise<readonly JournalRecord[]> {
    try {
      return this.#journal.read(runId, from);
    } catch (error) {
      return Promise.reject(error);
    }
  }

  stopFollowing(): void {
    this.#isFollowing = false;
    for (const follower of [...this.#followers]) follower.complete();
  }

  #follow(runId: string, from: number, subscriber: Subscriber<Event>): () => void {
    const follower = followJournal(this.#journal, runId, from, subscriber);
    this.#followers.add(follower);
    if (!this.#isFollowing) follower.complete();
    return () => {
      this.#followers.delete(follower);
      follower.stop();
    };
  }

  async giveBack(): Promise<void> {
    await Promise.all(Array.from(this.#unreleased, (lease) => this.#release(lease)));
  }

  /** Tries again later where it fails: what else has failed already is what to tell. */
  async #release(lease: Lease): Promise<void> {
    try {
      await this.#journal.release(lease);
      this.#unreleased.delete(lease);
    } catch {
      this.#unreleased.add(lease);
    }
  }

  #hold(lease: Lease, history: RecordedHistory | undefined, sensitive: SensitiveValues | undefined): EmbeddedRun {
    const onClose = () => this.#runs.delete(lease.runId);
    const onUnreleased = (unreleased: Lease) => this.#unreleased.add(unreleased);
    const run = new EmbeddedRun(lease, this.#journal, this.#clock, { history, sensitive, onClose, onUnreleased });
    if (this.#attempt !== undefined) run.attempt = this.#attempt;
    this.#runs.set(lease.runId, run);
    return run;
  }
}
