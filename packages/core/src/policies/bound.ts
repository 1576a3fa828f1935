/** An upper bound of what a call may do. `Infinity` where nothing bounds it. */
export interface Bound {
  readonly attempts: number;
  readonly modelCalls: number;
  readonly toolCalls: number;
  /** Wall time in milliseconds. Waiting for a slot, a rate limit or a person is not in it. */
  readonly wallTime: number;
}
