import type { Json } from '../schema/json.js';
import type { Learner, Marks } from '../sensitive/learn.js';
import type { EmbeddingModel } from './embedding-model.js';
import type { ScopedStore } from './scoped-store.js';

/** One step of a memory or of notes, while it is performed. */
export interface MemoryStep {
  /** The same whenever this step is performed again. */
  readonly key: string;
  /**
   * Vectors of length 1 for the first of the texts: as many as the model takes in one call. What they cost is charged to
   * whoever performs the step.
   */
  embed(model: EmbeddingModel, texts: readonly string[]): Promise<readonly Float32Array[]>;
  /** Says where the result holds sensitive data: marks of the step's record. */
  mark(marks: Marks): void;
}

/** What memories and notes may ask of where they are used: an attempt, a tool call, or the application. */
export interface MemoryEffects {
  readonly store: ScopedStore;
  /** For whom it is. */
  readonly identity: unknown;
  /** What is known to be sensitive of the run; nothing outside of runs. */
  readonly learner: Learner | undefined;
  /** Begins the keys of notes that are given none. The same for all attempts of a node. */
  readonly place: string;
  /** The next number of a kind of step, from 1. */
  count(kind: string): number;
  /** Gives the recorded result of a step, or performs and records it. */
  task<T extends Json | undefined>(step: string, perform: (step: MemoryStep) => Promise<T>): Promise<T>;
  /** Milliseconds since the Unix epoch. */
  now(): number;
  /** A registered embedding model. @throws model-unknown */
  embedding(name: string, what: string): EmbeddingModel;
}
