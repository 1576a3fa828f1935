import {
  type AttemptMessage,
  type AttemptResult,
  type Clock,
  EmbeddedEngine,
  type EngineHost,
  type EngineRun,
  EspalierError,
  serializeError,
} from '@espalier/core';
import type { AttemptOrder, AttemptReply, TimedRecord } from '../wire.js';
import { AttemptEngine } from './attempt-engine.js';
import { AttemptJournal } from './attempt-journal.js';

/** How long nothing but waits may go on before the attempt leaves its worker, in milliseconds. */
const PARK_AFTER = 10;

/** How a live attempt ended here. */
export type LiveEnding = Pick<AttemptReply, 'result' | 'refused' | 'waits'>;

/** What the journal of the invocation keeps at once. */
export interface Batch {
  readonly records: readonly TimedRecord[];
  readonly ended?: LiveEnding & Pick<AttemptReply, 'time'>;
}

interface Unkept {
  readonly record: TimedRecord;
  readonly kept: () => void;
}

/**
 * One attempt that is made in this process just now. Its records are taken in batches; what waits for a record to be kept goes
 * on once its batch is.
 *
 * A1 It ends once: with a result, refused, or because nothing is left but waits.
 * A2 It is stopped without a trace when it has ended otherwise than with a result.
 */
export class LiveAttempt {
  readonly ended: Promise<LiveEnding>;
  readonly #order: AttemptOrder;
  readonly #clock: Clock;
  readonly #stop = new AbortController();
  readonly #end: (ending: LiveEnding) => void;
  #ending: LiveEnding | undefined;
  #unkept: Unkept[] = [];
  #taken: readonly Unkept[] = [];
  #waiter: (() => void) | undefined;
  #message: AttemptMessage | undefined;
  #engine: AttemptEngine | undefined;
  #cancelParking: (() => void) | undefined;
  #isOver = false;

  constructor(worker: EngineHost, order: AttemptOrder, before: readonly TimedRecord[], clock: Clock, owner: string) {
    const { promise, resolve } = Promise.withResolvers<LiveEnding>();
    this.ended = promise;
    this.#order = order;
    this.#clock = clock;
    this.#end = (ending) => {
      if (this.#isOver) return;
      this.#isOver = true;
      this.#ending = ending;
      this.#cancelParking?.();
      this.#wake();
      resolve(ending);
    };
    this.#make(worker, before, owner).then(
      (result) => this.#end({ result }),
      (error: unknown) => this.#end({ refused: serializeError(error) }),
    );
  }

  /** The records that nobody has taken yet. */
  get rest(): readonly TimedRecord[] {
    return this.#unkept.map(({ record }) => record);
  }

  /** Takes the next records, once there are any, or the ending. Those that were taken before are kept now. */
  async next(): Promise<Batch> {
    const taken = this.#taken;
    this.#taken = [];
    for (const { kept } of taken) kept();
    if (this.#unkept.length === 0 && this.#ending === undefined) {
      await new Promise<void>((resolve) => {
        this.#waiter = resolve;
        this.#watch();
      });
    }
    this.#taken = this.#unkept;
    this.#unkept = [];
    const records = this.#taken.map(({ record }) => record);
    return { records, ...(this.#ending === undefined ? {} : { ended: { time: this.#clock.now(), ...this.#ending } }) };
  }

  /** Nobody waits for it any more: it is to say what it has used. */
  abort(reason: EspalierError): void {
    this.#stop.abort(reason);
  }

  /** Nobody hears of it any more: it is made somewhere else, or again. */
  leave(): void {
    this.#isOver = true;
    this.#cancelParking?.();
    this.#stop.abort(parked(this.#order));
  }

  async #make(worker: EngineHost, before: readonly TimedRecord[], owner: string): Promise<AttemptResult> {
    const { request, answers } = this.#order;
    const keep = (record: TimedRecord): Promise<void> => this.#keep(record);
    const journal = new AttemptJournal(request, before, answers, keep, () => this.#watch());
    const run: EngineRun = await new EmbeddedEngine(journal, this.#clock, owner).reopen(request.runId);
    this.#engine = new AttemptEngine(run, () => this.#watch());
    return worker.performAttempt(request, {
      engine: this.#engine,
      signal: this.#stop.signal,
      tell: (message) => this.#tell(message),
    });
  }

  #keep(record: TimedRecord): Promise<void> {
    return new Promise((kept) => {
      this.#unkept.push({ record, kept });
      this.#wake();
    });
  }

  #wake(): void {
    const waiter = this.#waiter;
    this.#waiter = undefined;
    if (waiter !== undefined) setImmediate(waiter); // with what is recorded in the same breath
  }

  async #tell(message: AttemptMessage): Promise<void> {
    this.#message = message;
    this.#watch();
  }

  /** Parks it when nothing has gone on for a while but waits. */
  #watch(): void {
    this.#cancelParking?.();
    this.#cancelParking = undefined;
    if (!this.#isDormant) return;
    this.#cancelParking = this.#clock.setTimer(PARK_AFTER, () => {
      if (!this.#isDormant) return;
      this.#end({ waits: this.#message as AttemptMessage });
      this.#stop.abort(parked(this.#order));
    });
  }

  get #isDormant(): boolean {
    const { waits = 0, open = [] } = this.#message ?? {};
    if (this.#isOver || waits === 0 || open.length === 0) return false;
    return this.#unkept.length === 0 && this.#taken.length === 0 && this.#engine?.isQuiet(open) === true;
  }
}

const parked = ({ request }: AttemptOrder): EspalierError =>
  new EspalierError('run-parked', `Node '${request.node}' of run '${request.runId}' goes on elsewhere.`, {
    where: { runId: request.runId, node: request.node },
  });
