import type { Clock } from '../clock/clock.js';
import { deserializeError } from '../errors/espalier-error.js';
import type { Event, JournalRecord, RecordBody } from '../events/event.js';
import type { Answer, Journal, Lease } from '../journal/journal.js';
import { isPromise, type MaybePromise } from '../journal/maybe-promise.js';
import type { Json } from '../schema/json.js';
import type { EngineRun, StepKey, StepRecording } from './engine.js';
import { EventFeed } from './event-feed.js';
import type { RecordedHistory } from './recorded-history.js';

/** One run that this process holds, on a journal. */
export class EmbeddedRun implements EngineRun {
  readonly runId: string;
  readonly history: RecordedHistory | undefined;
  /** `seq` of the newest record. */
  seq: number;
  readonly #lease: Lease;
  readonly #journal: Journal;
  readonly #clock: Clock;
  readonly #onClose: () => void;
  /** Made when somebody reads: most runs nobody does. */
  #feed: EventFeed | undefined;
  /** The first append that failed. Nothing is appended after it: the history would have a gap. */
  #fault: { readonly error: unknown } | undefined;

  constructor(lease: Lease, journal: Journal, clock: Clock, history: RecordedHistory | undefined, onClose: () => void) {
    this.runId = lease.runId;
    this.history = history;
    this.seq = history === undefined ? 0 : history.length - 1;
    this.#lease = lease;
    this.#journal = journal;
    this.#clock = clock;
    this.#onClose = onClose;
  }

  record(body: RecordBody): MaybePromise<void> {
    if (this.#fault !== undefined) throw this.#fault.error;
    this.seq += 1;
    const record = placed(body, this.runId, this.seq, this.#clock.now());
    let kept: MaybePromise<void>;
    try {
      kept = this.#journal.append(this.#lease, record);
    } catch (error) {
      throw this.#failed(error);
    }
    if (isPromise(kept)) {
      return kept.then(
        () => this.#feed?.tell(record),
        (error: unknown) => {
          throw this.#failed(error);
        },
      );
    }
    this.#feed?.tell(record);
  }

  emitText({ node, attempt, step }: StepKey, text: string): void {
    if (this.#feed?.isRead !== true) return;
    const { runId, seq } = this;
    this.#feed.tell({ type: 'text-delta', v: 1, runId, seq, time: this.#clock.now(), node, attempt, step, text });
  }

  task<T>(key: StepKey, perform: () => MaybePromise<T>, recording: StepRecording<T>): MaybePromise<T> {
    const recorded = this.history?.step(key);
    if (recorded !== undefined) {
      if (recorded.error !== undefined) throw deserializeError(recorded.error);
      return recorded.value as T;
    }
    return this.#perform(perform, recording);
  }

  timer(until: number, callback: () => void): () => void {
    return this.#clock.setTimer(Math.max(0, until - this.#clock.now()), callback);
  }

  signal(key: StepKey, callback: (value: Json | undefined) => void, failed: (error: unknown) => void): () => void {
    let open = true;
    const take = (answer: Answer | undefined): void => {
      if (!open || answer === undefined || answer.node !== key.node || answer.step !== key.step) return;
      open = false;
      stop();
      callback(answer.value);
    };
    let stop = (): void => {};
    try {
      stop = this.#journal.onAnswer(this.runId, take);
      const before = this.#journal.answered(this.runId, key.node, key.step);
      if (isPromise(before)) before.then(take, failed);
      else take(before);
    } catch (error) {
      stop();
      failed(error);
    }
    return () => {
      open = false;
      stop();
    };
  }

  now(): number {
    return this.#clock.now();
  }

  close(): MaybePromise<void> {
    this.#onClose();
    this.#feed?.close();
    return this.#journal.release(this.#lease);
  }

  /** Tells of events as they are kept. @returns what ends it */
  listen(event: (event: Event) => void, closed: () => void): () => void {
    this.#feed ??= new EventFeed();
    return this.#feed.read(event, closed);
  }

  #failed(error: unknown): unknown {
    this.#fault ??= { error };
    return this.#fault.error;
  }

  async #perform<T>(perform: () => MaybePromise<T>, recording: StepRecording<T>): Promise<T> {
    let value: T;
    try {
      value = await perform();
    } catch (error) {
      const body = recording.failed?.(error);
      if (body !== undefined) await this.record(body);
      throw error;
    }
    await this.record(recording.done(value));
    return value;
  }
}

/**
 * A record with its place in the run. The two that every node has are written out: an object that is made whole is
 * smaller and faster than one that grows, and a run of 100,000 nodes keeps 200,000 of them.
 */
function placed(body: RecordBody, runId: string, seq: number, time: number): JournalRecord {
  if (body.type === 'node-start') {
    return { v: 1, runId, seq, time, type: 'node-start', node: body.node, attempt: body.attempt };
  }
  if (body.type === 'node-end' && body.error === undefined && body.writes === undefined) {
    const { node, attempt, status, output } = body;
    return output === undefined
      ? { v: 1, runId, seq, time, type: 'node-end', node, attempt, status }
      : { v: 1, runId, seq, time, type: 'node-end', node, attempt, status, output };
  }
  return { ...body, v: 1, runId, seq, time }; // a copy with more is made three times as fast as one into something
}
