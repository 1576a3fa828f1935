import type { Json, Workflow } from '@espalier/core';

/** A workflow whose processes are killed. */
export interface Subject {
  readonly name: string;
  // biome-ignore lint/suspicious/noExplicitAny: workflows of all inputs and outputs stand side by side
  readonly workflow: Workflow<any, any>;
  readonly input: Json;
  /** The most calls that are under way at a time: as many may be made again after a kill. */
  readonly atOnce: number;
  readonly answers?: readonly SubjectAnswer[];
  readonly threadId?: string;
  readonly state?: new () => object;
  /** How soon the run leaves memory while it waits, in milliseconds. @default not in the time that it takes */
  readonly layAsideAfter?: number;
}

/** An answer to what a run waits for. */
export interface SubjectAnswer {
  readonly signal: string;
  /** For a child run: what follows the run's id in its own. */
  readonly child?: string;
  /** @param by who answers: it stands in the answer, so that one can tell whose counts */
  readonly value: (by: string) => Json;
}
