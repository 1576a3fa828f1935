import type { StateWrite } from '../events/event.js';
import type { Json } from '../schema/json.js';

/** One writer of shared state, as plain data. */
export interface SentWriter {
  /** Topological index. */
  readonly index: number;
  readonly node: string;
  readonly writes: readonly StateWrite[];
  /** Positions of the writers that it builds upon, in the list that it stands in. */
  readonly before: readonly number[];
  /** What a reader right after it sees of states, by name: nothing before it counts for these. */
  readonly views?: Readonly<Record<string, Json>>;
}

/** What a node sees of shared state, as plain data. */
export interface SentState {
  /** In topological order. */
  readonly writers: readonly SentWriter[];
  /** Positions of the nearest writers. */
  readonly frontier: readonly number[];
}

/** What has to be known of a state's class where there is only its name. */
export interface SentShape {
  readonly name: string;
  /** Fields with a merge rule. */
  readonly merged: readonly string[];
  /** Fields marked with `@Sensitive()`. */
  readonly sensitive: readonly string[];
  /** What a reader right after the attempt that gave this sees. */
  readonly view: Json;
}
