import { join } from 'node:path';
import { Annotation, END, START, StateGraph } from '@langchain/langgraph';
import { SqliteSaver } from '@langchain/langgraph-checkpoint-sqlite';
import type { DurableContender, Step } from '../contender.js';

/** `StateGraph` with the SQLite checkpointer, both as they come: a step is kept while the next one runs already. */
export const langGraph: DurableContender = {
  async openChain(folder, steps, step) {
    const graph = chainOf(steps, step).compile({ checkpointer: SqliteSaver.fromConnString(join(folder, 'graph.db')) });
    const config = (run: string) => ({ configurable: { thread_id: run }, recursionLimit: steps + 2 });
    return {
      start: async (run, seed) => (await graph.invoke({ value: seed }, config(run))).value,
      resume: async (run) => (await graph.invoke(null, config(run))).value,
    };
  },
};

function chainOf(steps: number, step: Step) {
  const graph = new StateGraph(Annotation.Root({ value: Annotation<number> })) as unknown as AnyStateGraph;
  for (let index = 0; index < steps; index += 1) {
    graph.addNode(`step${index}`, async ({ value }) => ({ value: await step(value) }));
    graph.addEdge(index === 0 ? START : `step${index - 1}`, `step${index}`);
  }
  graph.addEdge(`step${steps - 1}`, END);
  return graph;
}

interface State {
  readonly value: number;
}

/** Its types follow every node by name, which graphs made in a loop have none of at compile time. */
interface AnyStateGraph {
  addNode(name: string, action: (state: State) => Promise<State>): unknown;
  addEdge(from: string, to: string): unknown;
  compile(options: { readonly checkpointer: SqliteSaver }): {
    invoke(input: State | null, config: object): Promise<State>;
  };
}
