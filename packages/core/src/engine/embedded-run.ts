import type { Clock } from '../clock/clock.js';
import { deserializeError } from '../errors/espalier-error.js';
import type { Event, JournalRecord, RecordBody } from '../events/event.js';
import type { Answer, Journal, Lease, Rest } from '../journal/journal.js';
import { isPromise, type MaybePromise } from '../journal/maybe-promise.js';
import { markRecord } from '../sensitive/mark-record.js';
import type { SensitiveValues } from '../sensitive/sensitive-values.js';
import type { EngineRun, StepKey, StepRecording } from './engine.js';
import { EventFeed } from './event-feed.js';
import { RecordedHistory } from './recorded-history.js';

interface HeldRun extends Pick<EngineRun, 'history' | 'sensitive'> {
  readonly onClose: () => void;
  /** The journal has not taken the run back. */
  readonly onUnreleased: (lease: Lease) => void;
}

/** One run that this process holds, on a journal. */
export class EmbeddedRun implements EngineRun {
  readonly runId: string;
  readonly owner: string;
  history: RecordedHistory | undefined;
  sensitive: SensitiveValues | undefined;
  /** `seq` of the newest record. */
  seq: number;
  readonly #lease: Lease;
  readonly #journal: Journal;
  readonly #clock: Clock;
  readonly #onClose: () => void;
  readonly #onUnreleased: (lease: Lease) => void;
  performing = 0;
  attempt?: NonNullable<EngineRun['attempt']>;
  /** How often it was put to rest: what was begun before is not recorded any more. */
  #rests = 0;
  /** Made when somebody reads: most runs nobody does. */
  #feed: EventFeed | undefined;
  /** The newest append that is under way, or was: those before it settle first. */
  #newest: MaybePromise<void> = undefined;
  /** The first append that failed. Nothing is appended after it: the history would have a gap. */
  #fault: { readonly error: unknown } | undefined;

  constructor(lease: Lease, journal: Journal, clock: Clock, { history, sensitive, onClose, onUnreleased }: HeldRun) {
    this.runId = lease.runId;
    this.owner = lease.owner;
    this.history = history;
    this.sensitive = sensitive;
    this.seq = history === undefined ? 0 : history.length - 1;
    this.#lease = lease;
    this.#journal = journal;
    this.#clock = clock;
    this.#onClose = onClose;
    this.#onUnreleased = onUnreleased;
  }

  get expired(): boolean {
    return this.#lease.expired === true;
  }

  record(body: RecordBody): MaybePromise<void> {
    if (this.#fault !== undefined) throw this.#fault.error;
    const { sensitive } = this;
    if (sensitive !== undefined && body.type === 'model-end')
      this.#tellText(body, sensitive.endText(this.#streamOf(body)));
    this.seq += 1;
    const marked = sensitive === undefined ? body : markRecord(body, sensitive);
    const record = placed(marked, this.runId, this.seq, this.#clock.now());
    let kept: MaybePromise<void>;
    try {
      kept = this.#journal.append(this.#lease, record);
    } catch (error) {
      throw this.#failed(error);
    }
    if (isPromise(kept)) {
      this.#newest = kept.then(
        () => this.#feed?.tell(record),
        (error: unknown) => {
          throw this.#failed(error);
        },
      );
      return this.#newest;
    }
    this.#feed?.tell(record);
  }

  emitText(key: StepKey, text: string): void {
    this.#tellText(key, this.sensitive === undefined ? text : this.sensitive.maskText(this.#streamOf(key), text));
  }

  #streamOf({ node, attempt, step }: StepKey): StepKey & { readonly runId: string } {
    return { runId: this.runId, node, attempt, step };
  }

  #tellText({ node, attempt, step }: StepKey, text: string): void {
    if (text === '' || this.#feed?.isRead !== true) return;
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

  signal(key: StepKey, callback: (answer: Answer) => void, failed: (error: unknown) => void): () => void {
    let open = true;
    const take = (answer: Answer | undefined): void => {
      if (!open || answer === undefined || answer.node !== key.node || answer.step !== key.step) return;
      open = false;
      stop();
      callback(answer);
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

  expire({ node, step }: StepKey): MaybePromise<void> {
    const counts = this.#journal.answer(this.runId, { node, step, value: undefined, timedOut: true });
    if (isPromise(counts)) return counts.then(() => {});
  }

  now(): number {
    return this.#clock.now();
  }

  rest(rest: Rest, wake: () => void, failed: (error: unknown) => void): () => void {
    this.history = undefined;
    this.performing = 0;
    this.#rests += 1;
    let stop = (): void => {};
    try {
      stop = this.#journal.onAnswer(this.runId, wake); // first: no answer comes unheard
      const noted = this.#journal.rest(this.#lease, rest);
      if (isPromise(noted)) noted.catch(failed);
    } catch (error) {
      stop();
      failed(error);
      return () => {};
    }
    const cancel = rest.until === undefined ? undefined : this.timer(rest.until, wake);
    return () => {
      stop();
      cancel?.();
    };
  }

  async reload(): Promise<void> {
    await this.#newest; // what is still being kept cannot be read yet, and would be done again
    this.history = new RecordedHistory(await this.#journal.read(this.runId));
  }

  close(): MaybePromise<void> {
    this.#onClose();
    this.#feed?.close();
    try {
      const released = this.#journal.release(this.#lease);
      return isPromise(released) ? released.catch((error: unknown) => this.#unreleased(error)) : released;
    } catch (error) {
      this.#unreleased(error);
    }
  }

  /** Tells of events as they are kept. @returns what ends it */
  listen(event: (event: Event) => void, closed: () => void): () => void {
    this.#feed ??= new EventFeed();
    return this.#feed.read(event, closed);
  }

  #unreleased(error: unknown): never {
    this.#onUnreleased(this.#lease);
    throw error;
  }

  #failed(error: unknown): unknown {
    this.#fault ??= { error };
    return this.#fault.error;
  }

  async #perform<T>(perform: () => MaybePromise<T>, recording: StepRecording<T>): Promise<T> {
    const rests = this.#rests;
    this.performing += 1;
    try {
      let value: T;
      try {
        value = await perform();
      } catch (error) {
        const body = recording.failed?.(error);
        if (body !== undefined && rests === this.#rests) await this.record(body);
        throw error;
      }
      const kept = rests === this.#rests ? this.record(recording.done(value)) : undefined;
      if (isPromise(kept)) await kept;
      return value;
    } finally {
      if (rests === this.#rests) this.performing -= 1;
    }
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
  if (
    body.type === 'node-end' &&
    body.error === undefined &&
    body.writes === undefined &&
    body.sensitive === undefined
  ) {
    const { node, attempt, status, output } = body;
    return output === undefined
      ? { v: 1, runId, seq, time, type: 'node-end', node, attempt, status }
      : { v: 1, runId, seq, time, type: 'node-end', node, attempt, status, output };
  }
  return { ...body, v: 1, runId, seq, time }; // a copy with more is made three times as fast as one into something
}
