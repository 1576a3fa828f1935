/** What a store found when it followed the chain of a run's records. */
export interface ChainReport {
  /** The hash of the last record, as text: who keeps it elsewhere can tell later whether the history is still the same. */
  readonly head: string;
  /** How many records were read. */
  readonly records: number;
  /** What does not fit, in order of `seq`, the first 1,000; empty where the history is as it was written. */
  readonly faults: readonly ChainFault[];
}

/** A place where a history is not as it was written. */
export interface ChainFault {
  readonly seq: number;
  readonly kind: 'changed' | 'missing' | 'reordered' | 'added';
  readonly message: string;
}
