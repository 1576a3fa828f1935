/** What a node does with the results of those that it depends on, in declared order. The first node gets the seed. */
export type Work = (inputs: readonly number[]) => Promise<number>;

export interface GraphNode {
  readonly name: string;
  /** Indexes of earlier nodes. */
  readonly dependsOn: readonly number[];
  readonly work: Work;
}

/** Nodes in topological order: the first is the only root, the last gives the result. */
export type Graph = readonly GraphNode[];

/** The work of every scenario that needs no waiting: asynchronous, as an agent's is, and next to nothing. */
export const addOne: Work = async ([value = 0]) => value + 1;

/** Keeps numbers small however often it is applied. */
export const combine: Work = async (inputs) => {
  let total = 0;
  for (const [index, value] of inputs.entries()) total += (index + 1) * value;
  return total % 1_000_003;
};
