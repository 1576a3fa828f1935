import { Graph as StrandsGraph, TextBlock } from '@strands-agents/sdk';
import {
  type MultiAgentInput,
  type MultiAgentResult,
  type MultiAgentStreamEvent,
  Node,
  type NodeResultUpdate,
} from '@strands-agents/sdk/multiagent';
import { type Contender, type Prepared, Unable } from '../contender.js';
import type { Graph, Work } from '../work/graph.js';
import type { WorkloadOf } from '../work/workload.js';

/**
 * The multi-agent `Graph` of Strands, with nodes that derive from its `Node`: no agent, no model. What passes between
 * nodes is text, as it always is there.
 */
export const strands: Contender = {
  prepare: async (workload) => (workload.shape === 'loop' ? prepareLoop(workload) : prepareGraph(workload.graph)),
};

/** Above this each run takes minutes: every step scans all edges, so that the time grows with the square. */
const mostNodes = 2_000;

class WorkNode extends Node {
  readonly #work: Work;

  constructor(name: string, work: Work) {
    super(name, {});
    this.#work = work;
  }

  // biome-ignore lint/correctness/useYield: the node has nothing to stream
  override async *handle(input: MultiAgentInput): AsyncGenerator<MultiAgentStreamEvent, NodeResultUpdate, undefined> {
    return { content: [new TextBlock(String(await this.#work(numbersOf(input))))] };
  }
}

/** The root's input is the text itself; others get the task, and then a title and a text for each dependency. */
function numbersOf(input: MultiAgentInput): number[] {
  if (typeof input === 'string') return [Number(input)];
  const numbers: number[] = [];
  for (let index = 2; index < input.length; index += 2) numbers.push(Number((input[index] as TextBlock).text));
  return numbers;
}

function prepareGraph(graph: Graph): Prepared {
  if (graph.length > mostNodes) throw new Unable('each step scans all edges: quadratic, hours at this size');
  const nodes = graph.map(({ name, work }) => new WorkNode(name, work));
  const edges = graph.flatMap(({ name, dependsOn }) =>
    dependsOn.map((index): [string, string] => [graph[index]?.name as string, name]),
  );
  const strandsGraph = new StrandsGraph({ nodes, edges, maxSteps: graph.length });
  return async (seed) => resultOf(await strandsGraph.invoke(String(seed)));
}

/** A node with an edge to itself, which is taken until the node has run often enough. */
function prepareLoop({ times, work }: WorkloadOf<'loop'>): Prepared {
  const strandsGraph = new StrandsGraph({
    nodes: [new WorkNode('body', work)],
    edges: [{ source: 'body', target: 'body', handler: (state) => (state.node('body')?.results.length ?? 0) < times }],
    sources: ['body'],
    maxSteps: times,
  });
  return async (seed) => {
    const { results } = await strandsGraph.invoke(String(seed));
    return Number((results.at(-1)?.content[0] as TextBlock | undefined)?.text);
  };
}

function resultOf({ content, error }: MultiAgentResult): number {
  if (error !== undefined) throw error;
  return Number((content[0] as TextBlock | undefined)?.text);
}
