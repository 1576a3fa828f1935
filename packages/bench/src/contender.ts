import type { Workload } from './work/workload.js';

/** Does the whole work once, from a seed to its result. */
export type Prepared = (seed: number) => Promise<number>;

/** One way to run a graph. */
export interface Contender {
  /** Builds whatever it needs to do this work. What is built is used for many runs. @throws Unable */
  prepare(workload: Workload): Promise<Prepared>;
}

/** Runs one agent, from where it starts to its answer. */
export type RunAgent = (start: number) => Promise<string>;

/** Asks for an answer of so many deltas, and hands each on when it comes. */
export type ReadStream = (deltas: number, onText: (text: string) => void) => Promise<void>;

/** One way to ask a model. What is prepared is used for many runs. */
export interface ModelContender {
  /** An agent with the tool of `work/journey.ts`. */
  prepareAgent(baseURL: string): Promise<RunAgent>;
  prepareStream(baseURL: string): Promise<ReadStream>;
}

/** What a step of a durable run does. */
export type Step = (value: number) => Promise<number>;

/** One way to run a chain of steps that outlives its process: the value of each step goes to the next. */
export interface DurableContender {
  /**
   * Opens the files of a folder, and makes them where it is empty. It stays open as long as its process lives.
   * @param step what each step of the chain does
   */
  openChain(folder: string, steps: number, step: Step): Promise<DurableChain>;
}

export interface DurableChain {
  /** @param run its name, which no other run has */
  start(run: string, seed: number): Promise<number>;
  /** Goes on with a run whose process was killed. */
  resume(run: string): Promise<number>;
}

/** What is known of a contender without loading it. */
export interface ContenderInfo {
  /** What `--contenders` takes. */
  readonly name: ContenderName;
  /** Heads its column. */
  readonly title: string;
  /** Whose version is told: for the hand-written one, the SDK by which it asks models. */
  readonly packageName: string;
  /** Whether it runs a declared graph: these are what Espalier is to beat tenfold. */
  readonly isGraphEngine: boolean;
  /** Nothing where it runs no graphs. */
  readonly load?: () => Promise<Contender>;
  /** Nothing where it asks no models. */
  readonly loadModel?: () => Promise<ModelContender>;
  /** Nothing where it keeps nothing on a disk. */
  readonly loadDurable?: () => Promise<DurableContender>;
}

export type ContenderName =
  | 'espalier'
  | 'hand-written'
  | 'effect'
  | 'langgraph'
  | 'strands'
  | 'ai-sdk'
  | 'openai-agents'
  | 'mastra';

/** A contender can't do this work, or not in a time that anybody would wait: told in the table, with the reason. */
export class Unable extends Error {
  override readonly name = 'Unable';
}

/** A contender gave a wrong result: what it did was not the work, and no time of it is worth anything. */
export class WrongResult extends Error {
  override readonly name = 'WrongResult';
}
