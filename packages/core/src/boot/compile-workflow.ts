import { milliseconds } from '../clock/duration.js';
import type { CompiledAgent } from '../generation/compiled-agent.js';
import { DEFAULT_CONCURRENCY } from '../graph/bounds.js';
import { fingerprint, graphShape } from '../graph/fingerprint.js';
import type { Graph, GraphNode, NodeInput } from '../graph/graph.js';
import type { AgentClass } from '../metadata/agent-class.js';
import { budgetLimits } from '../policies/budget.js';
import type { Json } from '../schema/json.js';
import type { SchemaOf } from '../schema/schema.js';
import type { CompiledNode, CompiledWorkflow } from './compiled-workflow.js';

/** Makes a proven graph ready to run: everything that can be known before a run is computed here, once. */
export function compileWorkflow(
  graph: Graph,
  agents: ReadonlyMap<AgentClass, CompiledAgent>,
  input: SchemaOf | undefined,
): CompiledWorkflow {
  const { workflow } = graph;
  const compile = (node: GraphNode): CompiledNode => compileNode(node, graph, agents);
  const nodes = graph.nodes.map(compile);
  const shape = graphShape(graph);
  const parentCounts = graph.nodes.map(({ parents }) => parents.length);
  const { deadline } = workflow.options;
  return {
    workflow,
    graph,
    shape: shape as unknown as Json,
    fingerprint: fingerprint(shape),
    input,
    nodes,
    nested: new Map([...graph.nested].map(([agent, node]) => [agent, compile(node)])),
    parentCounts,
    // The scheduler takes released nodes from the end; their order makes no difference, as the ready queue sorts them.
    roots: graph.nodes.filter(({ parents }) => parents.length === 0).map(({ index }) => index),
    critical: criticalNodes(graph),
    concurrency: workflow.options.concurrency ?? DEFAULT_CONCURRENCY,
    deadline:
      deadline === undefined ? undefined : milliseconds(deadline, `the deadline of workflow '${workflow.name}'`),
  };
}

function compileNode(graph: GraphNode, { nodes }: Graph, agents: ReadonlyMap<AgentClass, CompiledAgent>): CompiledNode {
  const agent = agents.get(graph.definition.agent) as CompiledAgent;
  const budget = graph.policies.find(({ kind }) => kind === 'budget');
  const nameOf = (input: NodeInput): string =>
    input.kind === 'first-of'
      ? input.sources.map((source) => nodes[source]?.name).join('-or-')
      : (nodes[input.source]?.name ?? '');
  const inputs = graph.inputs.map(nameOf);
  return {
    graph,
    index: graph.index,
    name: graph.name,
    agent,
    inputNames: graph.fanOut !== undefined ? ['item', ...inputs] : inputs.length > 0 ? inputs : runInput,
    settlesEarly: graph.inputs.some(({ kind }) => kind === 'first-of'),
    policies: budget === undefined ? graph.policies : graph.policies.filter((policy) => policy !== budget),
    budget: budget === undefined ? undefined : budgetLimits(budget),
  };
}

const runInput: readonly string[] = Object.freeze(['input']);

/** The nodes from which only edges that need success lead to the output. */
function criticalNodes({ nodes, output }: Graph): readonly boolean[] {
  const critical = new Array<boolean>(nodes.length).fill(false);
  critical[output] = true;
  for (let index = output; index >= 0; index--) {
    const { inputs, conditions, fanOut } = nodes[index] as GraphNode;
    if (critical[index] !== true) continue;
    if (fanOut !== undefined) critical[fanOut.source] = true;
    for (const { source } of conditions) critical[source] = true;
    for (const input of inputs) if (input.kind === 'required' || input.kind === 'each') critical[input.source] = true;
  }
  return critical;
}
