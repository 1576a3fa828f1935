import {
  type Answer,
  type AttemptRequest,
  EspalierError,
  type Journal,
  type JournalRecord,
  type Lease,
  type RunStartEvent,
  type RunSummary,
} from '@espalier/core';
import type { TimedRecord } from '../wire.js';

/**
 * The journal of one attempt, where it is made. It has what the attempt has recorded before, and gives on what it records:
 * that is kept when the place where it is made says so.
 */
export class AttemptJournal implements Journal {
  readonly #request: AttemptRequest;
  readonly #before: readonly TimedRecord[];
  readonly #answers: readonly Answer[];
  readonly #keep: (record: TimedRecord) => Promise<void>;
  readonly #onExpiry: () => void;

  /**
   * @param keep resolves when the record is kept
   * @param onExpiry told that the time for an answer is up: only the run knows whether one has come
   */
  constructor(
    request: AttemptRequest,
    before: readonly TimedRecord[],
    answers: readonly Answer[],
    keep: (record: TimedRecord) => Promise<void>,
    onExpiry: () => void,
  ) {
    this.#request = request;
    this.#before = before;
    this.#answers = answers;
    this.#keep = keep;
    this.#onExpiry = onExpiry;
  }

  acquire(runId: string, owner: string): Lease {
    return { runId, owner, token: 1 };
  }

  append(_lease: Lease, { v: _v, runId: _runId, seq: _seq, time, ...body }: JournalRecord): Promise<void> {
    return this.#keep({ time, body });
  }

  /** With a first record, as every run has one: what stands in it is not asked for. */
  read(runId: string): readonly JournalRecord[] {
    const { workflow, version, fingerprint } = this.#request;
    const start: RunStartEvent = { v: 1, runId, seq: 0, time: 0, type: 'run-start', workflow, version, fingerprint };
    const records = this.#before.map(
      ({ time, body }, at) => ({ ...body, v: 1, runId, seq: at + 1, time }) as JournalRecord,
    );
    return [start, ...records];
  }

  answer(): boolean {
    this.#onExpiry();
    return false;
  }

  answered(_runId: string, node: string, step: string): Answer | undefined {
    return this.#answers.find((answer) => answer.node === node && answer.step === step);
  }

  /** Answers come to the run: the attempt is made again with them. */
  onAnswer(): () => void {
    return () => {};
  }

  rest(): void {}

  release(): void {}

  create = notHere;

  find(): RunSummary | undefined {
    return undefined;
  }

  list = notHere;
}

function notHere(): never {
  throw new EspalierError('run-unknown', 'A place where an attempt is made begins and lists no runs.');
}
