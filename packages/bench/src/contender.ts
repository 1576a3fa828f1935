import type { Workload } from './work/workload.js';

/** Does the whole work once, from a seed to its result. */
export type Prepared = (seed: number) => Promise<number>;

/** One way to do the work. */
export interface Contender {
  /** Builds whatever it needs to do this work. What is built is used for many runs. @throws Unable */
  prepare(workload: Workload): Promise<Prepared>;
}

/** What is known of a contender without loading it. */
export interface ContenderInfo {
  /** What `--contenders` takes. */
  readonly name: ContenderName;
  /** Heads its column. */
  readonly title: string;
  /** Whose version is told; the hand-written one has none. */
  readonly packageName: string | undefined;
  /** Whether it runs a declared graph: these are what Espalier is to beat tenfold. */
  readonly isGraphEngine: boolean;
  load(): Promise<Contender>;
}

export type ContenderName = 'espalier' | 'hand-written' | 'effect' | 'langgraph' | 'strands';

/** A contender can't do this work, or not in a time that anybody would wait: told in the table, with the reason. */
export class Unable extends Error {
  override readonly name = 'Unable';
}

/** A contender gave a wrong result: what it did was not the work, and no time of it is worth anything. */
export class WrongResult extends Error {
  override readonly name = 'WrongResult';
}
