import type { StepKey } from '../engine/engine.js';
import { RecordedHistory } from '../engine/recorded-history.js';
import type { NodeEndEvent, NodeSkipEvent, StepRecord } from '../events/event.js';
import type { ReplayRecord } from './replay-record.js';

/**
 * The history as a replay shows it to the pipeline: results of steps are on record, but no attempt has been made and no node
 * has settled, so that all of it is done again. What was taken over counts as it stands.
 */
export class ReplayHistory extends RecordedHistory {
  readonly #record: ReplayRecord;
  readonly #asked: (key: StepKey) => void;

  /** @param asked told of the time, a number or an id that the code reads */
  constructor(record: ReplayRecord, asked: (key: StepKey) => void) {
    super(record.records);
    this.#record = record;
    this.#asked = asked;
  }

  override end(node: string): NodeEndEvent | NodeSkipEvent | undefined {
    const skipped = this.#record.path(node)?.end;
    if (skipped?.type === 'node-skip' && skipped.seq <= this.#record.taken) return skipped;
    return this.#record.settledOtherwise(node);
  }

  override fanOut(): undefined {
    return undefined;
  }

  override failedAttempts(): number {
    return 0;
  }

  override replaced(): undefined {
    return undefined;
  }

  override suspension(): undefined {
    return undefined;
  }

  override step(key: StepKey): StepRecord | undefined {
    if (/^(now|random|uuid)\[\d+\]$/.test(key.step)) this.#asked(key);
    return super.step(key);
  }
}
