import type { Contender, ContenderInfo, ContenderName, DurableContender, ModelContender } from '../contender.js';

/** What a round measures: once prepared, each call does the work anew and gives one figure in the scenario's unit. */
export interface Sampler {
  /** Told under the table: what was done otherwise than for the others, and why. */
  readonly remark?: string;
  sample(): Promise<number>;
}

export interface Entrant<C = Contender> {
  readonly name: ContenderName;
  /** Loads the contender's library. */
  load(): Promise<C>;
}

interface ScenarioOf<Kind, C> {
  readonly name: string;
  /** What is measured: the running of graphs, the asking of models, or what is kept on the disk. Each has a table and contenders of its own. */
  readonly kind: Kind;
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
  prepare(entrant: Entrant<C>, quick: boolean): Promise<Sampler>;
  /** Something to measure beside the contenders, in the same rounds. */
  readonly baseline?: { readonly title: string; sampler(quick: boolean): Sampler };
}

export type GraphScenario = ScenarioOf<'graph', Contender>;
export type ModelScenario = ScenarioOf<'model', ModelContender>;
export type DurableScenario = ScenarioOf<'durable', DurableContender>;
export type Scenario = GraphScenario | ModelScenario | DurableScenario;

const loaderOf = { graph: 'load', model: 'loadModel', durable: 'loadDurable' } as const;

/** Who can take part. */
export const entrantsOf = (
  { kind }: Pick<Scenario, 'kind'>,
  contenders: readonly ContenderInfo[],
): readonly ContenderInfo[] => contenders.filter((contender) => contender[loaderOf[kind]] !== undefined);

/** Has the scenario prepare a contender of its kind. @throws Error when the contender is none */
export function prepareScenario(scenario: Scenario, contender: ContenderInfo, quick: boolean): Promise<Sampler> {
  const { name, load, loadModel, loadDurable } = contender;
  if (scenario.kind === 'graph' && load !== undefined) return scenario.prepare({ name, load }, quick);
  if (scenario.kind === 'model' && loadModel !== undefined) return scenario.prepare({ name, load: loadModel }, quick);
  if (scenario.kind === 'durable' && loadDurable !== undefined) {
    return scenario.prepare({ name, load: loadDurable }, quick);
  }
  throw new Error(`${contender.title} can't take part in '${scenario.name}'.`);
}
