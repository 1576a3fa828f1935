import { Observable } from 'rxjs/internal/Observable';
import type { Clock } from '../clock/clock.js';
import type { Event, JournalRecord, RunStartEvent } from '../events/event.js';
import type { Answer, Journal, Lease, RunSummary } from '../journal/journal.js';
import { isPromise, type MaybePromise } from '../journal/maybe-promise.js';
import { EmbeddedRun } from './embedded-run.js';
import type { Engine, EngineRun } from './engine.js';
import { RecordedHistory } from './recorded-history.js';

/** The engine of one process: effects happen here, and a journal keeps their results. */
export class EmbeddedEngine implements Engine {
  readonly #journal: Journal;
  readonly #clock: Clock;
  readonly #owner: string;
  readonly #runs = new Map<string, EmbeddedRun>();

  /** @param owner names this process in leases */
  constructor(journal: Journal, clock: Clock, owner: string) {
    this.#journal = journal;
    this.#clock = clock;
    this.#owner = owner;
  }

  open(start: Omit<RunStartEvent, 'v' | 'seq' | 'time' | 'type'>): MaybePromise<EngineRun> {
    const record: RunStartEvent = { v: 1, seq: 0, time: this.#clock.now(), type: 'run-start', ...start };
    const lease = this.#journal.create(record, this.#owner);
    return isPromise(lease) ? lease.then((held) => this.#hold(held, undefined)) : this.#hold(lease, undefined);
  }

  async reopen(runId: string): Promise<EngineRun> {
    const lease = await this.#journal.acquire(runId, this.#owner);
    try {
      return this.#hold(lease, new RecordedHistory(await this.#journal.read(runId)));
    } catch (error) {
      await this.#giveBack(lease);
      throw error;
    }
  }

  events(runId: string, from = 0): Observable<Event> {
    return new Observable((subscriber) => {
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
        subscriber.next(event);
        if (event.type === 'run-end') subscriber.complete();
      };
      const run = this.#runs.get(runId);
      const stop = run?.listen(
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
        if (run === undefined || ended) subscriber.complete();
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

  find(runId: string): MaybePromise<RunSummary | undefined> {
    return this.#journal.find(runId);
  }

  list(): MaybePromise<readonly RunSummary[]> {
    return this.#journal.list();
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

  /** Where something else has failed already, which is what to tell. */
  async #giveBack(lease: Lease): Promise<void> {
    try {
      await this.#journal.release(lease);
    } catch {
      // Its lease ends by itself, or by hand.
    }
  }

  #hold(lease: Lease, history: RecordedHistory | undefined): EmbeddedRun {
    const run = new EmbeddedRun(lease, this.#journal, this.#clock, history, () => this.#runs.delete(lease.runId));
    this.#runs.set(lease.runId, run);
    return run;
  }
}
