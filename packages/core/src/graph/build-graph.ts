import type { Fault } from '../errors/graph-error.js';
import type { AgentClass } from '../metadata/agent-class.js';
import { type AgentDefinition, readAgent } from '../metadata/agent-definition.js';
import { agentsOf, type Dependency } from '../metadata/dependency.js';
import { mergePolicies } from '../policies/order.js';
import type { Policy } from '../policies/policy.js';
import type { Graph, GraphNode, NodeInput } from './graph.js';
import { nestedAgents } from './nested-agents.js';
import { topologicalOrder } from './topological-order.js';
import type { Workflow } from './workflow.js';

export interface BuiltGraph {
  readonly graph: Graph;
  /** What kept the graph from being built as declared; the parts that are left can still be checked by the rules. */
  readonly faults: readonly Fault[];
}

/** Builds the graph of a workflow. Linear in nodes and edges; does not recurse. */
export function buildGraph(workflow: Workflow, defaults: readonly (readonly Policy[])[] = []): BuiltGraph {
  const faults: Fault[] = [];
  const definitions = new Map<AgentClass, AgentDefinition>();
  const define = (agent: AgentClass): AgentDefinition => {
    const known = definitions.get(agent);
    if (known !== undefined) return known;
    const definition = readAgent(agent);
    definitions.set(agent, definition);
    return definition;
  };
  const order = topologicalOrder(workflow, define, faults);
  const indexOf = new Map(order.map((agent, index) => [agent, index]));
  const children: number[][] = order.map(() => []);
  const nodes = order.map((agent, index): GraphNode => {
    const node = makeNode(define(agent), index, indexOf, defaults, children[index] as number[]);
    for (const parent of node.parents) children[parent]?.push(index);
    return node;
  });
  const nested = new Map<AgentClass, GraphNode>();
  for (const agent of nestedAgents(order, define)) {
    nested.set(agent, makeNode(define(agent), -1, indexOf, defaults, []));
  }
  return { graph: { workflow, nodes, output: nodes.length - 1, nested }, faults };
}

function makeNode(
  definition: AgentDefinition,
  index: number,
  indexOf: ReadonlyMap<AgentClass, number>,
  defaults: readonly (readonly Policy[])[],
  children: readonly number[],
): GraphNode {
  const { forEach } = definition;
  const known = (agent: AgentClass): boolean => {
    const at = indexOf.get(agent);
    return at !== undefined && at < index; // a nested node, at -1, waits for nothing
  };
  const position = (agent: AgentClass): number => indexOf.get(agent) as number;
  const inputs = (forEach?.dependsOn ?? definition.dependsOn).flatMap((dependency) =>
    toInput(dependency, known, position),
  );
  const conditions = definition.conditions
    .filter(({ source }) => known(source))
    .map(({ source, predicate }) => ({ source: position(source), predicate }));
  const fanOut =
    forEach === undefined || !known(forEach.source)
      ? undefined
      : {
          source: position(forEach.source),
          items: forEach.items,
          concurrency: forEach.concurrency ?? Number.POSITIVE_INFINITY,
          max: forEach.max,
        };
  const parents = new Set<number>();
  if (fanOut !== undefined) parents.add(fanOut.source);
  for (const input of inputs) for (const source of sourcesOf(input)) parents.add(source);
  for (const { source } of conditions) parents.add(source);
  return {
    index,
    name: definition.name,
    definition,
    inputs,
    conditions,
    fanOut,
    parents: [...parents].sort((a, b) => a - b),
    children,
    policies: mergePolicies(definition.policies, ...defaults),
  };
}

/** The nodes that an input comes from. */
export function sourcesOf(input: NodeInput): readonly number[] {
  return input.kind === 'first-of' ? input.sources : [input.source];
}

/** Nothing where the agent was left out because of a fault. */
function toInput(
  dependency: Dependency,
  known: (agent: AgentClass) => boolean,
  position: (agent: AgentClass) => number,
): NodeInput[] {
  const agents = agentsOf(dependency).filter(known);
  const [first] = agents;
  if (first === undefined) return [];
  if (typeof dependency === 'function') return [{ kind: 'required', source: position(first) }];
  if (dependency.kind === 'first-of') return [{ kind: 'first-of', sources: agents.map(position) }];
  return [{ kind: dependency.kind, source: position(first) }];
}
