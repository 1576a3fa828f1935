/** What an execution tells whoever started it. */
export interface ExecutionListener {
  /** Everything has settled: nothing runs, nothing waits. */
  settled(): void;
  /** All that is left waits for an answer or a time; or some of it goes on again. */
  rested(resting: boolean): void;
  /** A failure that nothing tolerates, while others still run. */
  nodeFailed(index: number, error: unknown): void;
  /** Nothing runs any more after it was paused. */
  idle(): void;
  /** The journal refused a record: the run cannot go on here. */
  broke(error: unknown): void;
}
