import type { Duration } from '../clock/duration.js';
import type { JournalRecord } from '../events/event.js';
import type { Json } from '../schema/json.js';

export interface ReplayOptions {
  /**
   * How long the code may take from one recorded step to the next, in real time: for what `run()` does besides. Longer than
   * that, and it does not come to the step any more. @default '1s'
   */
  readonly patience?: Duration;
}

/** What came of doing a run again from its record. */
export interface ReplayReport {
  readonly runId: string;
  /** How many records the run has. */
  readonly records: number;
  /** Whether the run had ended. Of one that has not, the replay goes as far as the record does. */
  readonly ended: boolean;
  /** Where the code first did something else than is on record; nothing where it did the same. */
  readonly diverged: Divergence | undefined;
}

/**
 * How the code differs from the record: it did the same step with other data (`changed`), did what is not on record
 * (`unrecorded`), did not do what is (`missing`), or did it in another order (`order`).
 */
export type DivergenceKind = 'changed' | 'unrecorded' | 'missing' | 'order';

/** The first difference between a run's record and what the code does now. Plain data; sensitive values are masked. */
export interface Divergence {
  readonly kind: DivergenceKind;
  /** Type of the record that differs, or that there would be. */
  readonly type: JournalRecord['type'];
  /** Node path; none for the end of the run. */
  readonly node?: string;
  readonly attempt?: number;
  readonly step?: string;
  /** `seq` of the record that differs. */
  readonly seq?: number;
  /** JSON path of the first difference within the data of the record. */
  readonly path?: string;
  /** What is on record there. */
  readonly recorded?: Json;
  /** What the code gives there now. */
  readonly now?: Json;
  /** All of it, in words. */
  readonly message: string;
}
