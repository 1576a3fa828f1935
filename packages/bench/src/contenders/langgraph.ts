import { Annotation, END, START, StateGraph } from '@langchain/langgraph';
import { type Contender, type Prepared, Unable } from '../contender.js';
import { addOne, combine, type Graph } from '../work/graph.js';
import type { Workload, WorkloadOf } from '../work/workload.js';

/** `StateGraph`, compiled once, without a checkpointer. State is as small as each shape allows. */
export const langGraph: Contender = { prepare: async (workload) => prepare(workload) };

/** Above this a single run takes minutes. */
const mostNodes = 2_000;

function prepare(workload: Workload): Prepared {
  switch (workload.shape) {
    case 'chain':
      return prepareChain(workload);
    case 'fan-out':
      return prepareFanOut(workload);
    case 'layers':
      return prepareLayers(workload);
    case 'loop':
      return prepareLoop(workload);
    default:
      return prepareNamed(workload.graph);
  }
}

/** Its types follow every node by name, which graphs made in a loop have none of at compile time. */
interface AnyStateGraph {
  addNode(name: string, action: (state: Record<string, number>) => Promise<Record<string, unknown>>): unknown;
  addEdge(from: string | string[], to: string): unknown;
  addConditionalEdges(from: string, route: (state: Record<string, number>) => string): unknown;
  compile(): { invoke(input: Record<string, unknown>, config: { recursionLimit: number }): Promise<unknown> };
}

const stateGraph = (names: readonly string[]): AnyStateGraph =>
  new StateGraph(
    Annotation.Root(Object.fromEntries(names.map((name) => [name, Annotation<number>()]))),
  ) as unknown as AnyStateGraph;

function runs(graph: AnyStateGraph, input: string, output: string, steps: number): Prepared {
  const compiled = graph.compile();
  const config = { recursionLimit: steps + 2 };
  return async (seed) => {
    const state = (await compiled.invoke({ [input]: seed }, config)) as Record<string, number>;
    return state[output] as number;
  };
}

/** One value, replaced at each step. */
function prepareChain({ graph, work }: WorkloadOf<'chain'>): Prepared {
  if (graph.length > mostNodes) throw new Unable('about 1 ms a step and more with each node: minutes a run');
  const made = stateGraph(['value']);
  for (const [index, { name }] of graph.entries()) {
    made.addNode(name, async ({ value = 0 }) => ({ value: await work([value]) }));
    made.addEdge(index === 0 ? START : (graph[index - 1]?.name as string), name);
  }
  made.addEdge(graph.at(-1)?.name as string, END);
  return runs(made, 'value', 'value', graph.length);
}

/** The workers' results meet in one list, which keeps the order in which the workers were declared. */
function prepareFanOut({ source, workers }: WorkloadOf<'fan-out'>): Prepared {
  const State = Annotation.Root({
    value: Annotation<number>,
    parts: Annotation<readonly { readonly index: number; readonly value: number }[]>({
      reducer: (before, after) => before.concat(after),
      default: () => [],
    }),
  });
  type Values = typeof State.State;
  const made = new StateGraph(State) as unknown as AnyStateGraph;
  made.addNode('source', async ({ value = 0 }) => ({ value: await source([value]) }));
  made.addEdge(START, 'source');
  for (const [index, work] of workers.entries()) {
    made.addNode(`worker${index}`, async ({ value = 0 }) => ({ parts: [{ index, value: await work([value]) }] }));
    made.addEdge('source', `worker${index}`);
  }
  made.addNode('sink', async (state) => {
    const parts = [...(state as unknown as Values).parts].sort((a, b) => a.index - b.index);
    return { value: await combine(parts.map(({ value }) => value)) };
  });
  made.addEdge(
    workers.map((_, index) => `worker${index}`),
    'sink',
  );
  made.addEdge('sink', END);
  return runs(made, 'value', 'value', 3);
}

/** A value for each lane, replaced in each layer. */
function prepareLayers({ layers }: WorkloadOf<'layers'>): Prepared {
  const lanes = (layers[0] ?? []).map((_, lane) => `lane${lane}`);
  const made = stateGraph(['value', ...lanes]);
  made.addNode('root', async ({ value = 0 }) => ({ value: await addOne([value]) }));
  made.addEdge(START, 'root');
  let before: string[] = ['root'];
  for (const [depth, layer] of layers.entries()) {
    for (const [index, work] of layer.entries()) {
      const name = `layer${depth}lane${index}`;
      made.addNode(name, async (state) => {
        const inputs = depth === 0 ? [state.value as number] : lanes.map((lane) => state[lane] as number);
        return { [`lane${index}`]: await work(inputs) };
      });
      made.addEdge(before.length === 1 ? (before[0] as string) : before, name);
    }
    before = layer.map((_, index) => `layer${depth}lane${index}`);
  }
  made.addNode('last', async (state) => ({ value: await combine(lanes.map((lane) => state[lane] as number)) }));
  made.addEdge(before, 'last');
  made.addEdge('last', END);
  return runs(made, 'value', 'value', layers.length + 2);
}

/** A value for each node; a node with several dependencies waits for all of them. */
function prepareNamed(graph: Graph): Prepared {
  const channelOf = (index: number): string => `${graph[index]?.name}Value`;
  const made = stateGraph(['seed', ...graph.map((_, index) => channelOf(index))]);
  for (const [index, { name, dependsOn, work }] of graph.entries()) {
    const inputs = dependsOn.length === 0 ? ['seed'] : dependsOn.map(channelOf);
    made.addNode(name, async (state) => ({
      [channelOf(index)]: await work(inputs.map((input) => state[input] as number)),
    }));
    const before = dependsOn.map((position) => graph[position]?.name as string);
    if (before.length === 0) made.addEdge(START, name);
    else made.addEdge(before.length === 1 ? (before[0] as string) : before, name);
  }
  made.addEdge(graph.at(-1)?.name as string, END);
  return runs(made, 'seed', channelOf(graph.length - 1), graph.length);
}

/** A conditional edge that leads back until the value has grown enough. */
function prepareLoop({ times, work }: WorkloadOf<'loop'>): Prepared {
  const made = stateGraph(['value', 'done']);
  made.addNode('body', async ({ value = 0, done = 0 }) => ({ value: await work([value]), done: done + 1 }));
  made.addEdge(START, 'body');
  made.addConditionalEdges('body', ({ done = 0 }) => (done < times ? 'body' : END));
  return runs(made, 'value', 'value', times);
}
