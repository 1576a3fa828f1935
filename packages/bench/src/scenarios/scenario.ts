import type { Contender, ContenderName } from '../contender.js';

/** What a round measures: once prepared, each call does the work anew and gives one figure in the scenario's unit. */
export interface Sampler {
  /** Told under the table: what was done otherwise than for the others, and why. */
  readonly remark?: string;
  sample(): Promise<number>;
}

export interface Entrant {
  readonly name: ContenderName;
  /** Loads the contender's library. */
  load(): Promise<Contender>;
}

export interface Scenario {
  readonly name: string;
  /** What `--only` takes besides the name: several sizes of one shape have it in common. */
  readonly family: string;
  readonly title: string;
  readonly unit: string;
  /** @default 'lower' */
  readonly better?: 'lower' | 'higher';
  /** Whether the tenfold bar against graph engines counts here: not where timers or a process's start are measured. */
  readonly isSpeed: boolean;
  readonly rounds: number;
  /** Runs in a process of its own. Checks the contender's results before it gives the sampler. @throws Unable, WrongResult */
  prepare(entrant: Entrant, quick: boolean): Promise<Sampler>;
  /** Something to measure beside the contenders, in the same rounds. */
  readonly baseline?: { readonly title: string; sampler(quick: boolean): Sampler };
}
