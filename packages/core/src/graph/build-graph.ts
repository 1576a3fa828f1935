import type { Fault } from '../errors/graph-error.js';
import type { AgentClass } from '../metadata/agent-class.js';
import { type AgentDefinition, readAgent } from '../metadata/agent-definition.js';
import { agentsOf, type Dependency, eachOf } from '../metadata/dependency.js';
import { mergePolicies } from '../policies/order.js';
import type { Policy } from '../policies/policy.js';
import { declaredInputs } from './declared-code.js';
import type { Graph, GraphNode, NodeCondition, NodeFanOut, NodeInput } from './graph.js';
import { nestedAgents } from './nested-agents.js';
import { topologicalOrder } from './topological-order.js';
import type { Workflow } from './workflow.js';

export interface BuiltGraph {
  readonly graph: Graph;
  /** What kept the graph from being built as declared; the parts that are left can still be checked by the rules. */
  readonly faults: readonly Fault[];
}

/**
 * Builds the graph of a workflow. Linear in nodes and edges; does not recurse.
 * @param graphs those that were built before; takes this one too
 */
export function buildGraph(
  workflow: Workflow,
  defaults: readonly (readonly Policy[])[] = [],
  graphs: Map<Workflow, Graph> = new Map(),
): BuiltGraph {
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
  const tolerated = toleratedFanOuts(order, define);
  const nodes = order.map((agent, index) => makeNode(define(agent), index, indexOf, tolerated, defaults));
  addChildren(nodes);
  const nested = new Map<AgentClass, GraphNode>();
  for (const agent of nestedAgents(order, define)) {
    nested.set(agent, makeNode(define(agent), -1, indexOf, tolerated, defaults));
  }
  const graph = { workflow, nodes, output: nodes.length - 1, nested, graphs };
  graphs.set(workflow, graph);
  return { graph, faults };
}

/** The agents with `@ForEach` whose dependents do without items that fail. A rule sees to it that all of them do. */
function toleratedFanOuts(
  order: readonly AgentClass[],
  define: (agent: AgentClass) => AgentDefinition,
): ReadonlySet<AgentClass> {
  const tolerated = new Set<AgentClass>();
  for (const agent of order) {
    for (const dependency of declaredInputs(define(agent))) {
      if (typeof dependency === 'function') continue; // most of a large graph
      const each = eachOf(dependency);
      if (each?.mayFail === true) tolerated.add(each.agent);
    }
  }
  return tolerated;
}

/** A node whose children are still to come. */
type Draft = Omit<GraphNode, 'children'> & { children: readonly number[] };

/** Lists of exactly the length that is needed: a list that grows takes room for seventeen. */
function addChildren(nodes: readonly Draft[]): void {
  const counts = new Uint32Array(nodes.length);
  for (const { parents } of nodes) for (const parent of parents) (counts[parent] as number) += 1;
  const lists = nodes.map((node, index): number[] => {
    const list = new Array<number>(counts[index] as number);
    if (list.length > 0) node.children = list;
    return list;
  });
  counts.fill(0);
  nodes.forEach(({ parents }, index) => {
    for (const parent of parents) (lists[parent] as number[])[(counts[parent] as number)++] = index;
  });
}

function makeNode(
  definition: AgentDefinition,
  index: number,
  indexOf: ReadonlyMap<AgentClass, number>,
  tolerated: ReadonlySet<AgentClass>,
  defaults: readonly (readonly Policy[])[],
): Draft {
  const { forEach } = definition;
  const known = (agent: AgentClass): boolean => {
    const at = indexOf.get(agent);
    return at !== undefined && at < index; // a nested node, at -1, waits for nothing
  };
  const position = (agent: AgentClass): number => indexOf.get(agent) as number;
  const inputs = declaredInputs(definition)
    .map((dependency) => toInput(dependency, known, position))
    .filter((input) => input !== undefined);
  const conditions =
    definition.conditions.length === 0
      ? none
      : definition.conditions
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
          mayFail: tolerated.has(definition.agent),
        };
  return {
    index,
    name: definition.name,
    definition,
    inputs,
    conditions,
    fanOut,
    parents: parentsOf(inputs, conditions, fanOut),
    children: none,
    policies: mergePolicies(definition.policies, ...defaults),
  };
}

/** All sources, each once, ascending. */
function parentsOf(
  inputs: readonly NodeInput[],
  conditions: readonly NodeCondition[],
  fanOut: NodeFanOut | undefined,
): readonly number[] {
  const [only] = inputs;
  if (conditions.length === 0 && fanOut === undefined && inputs.length <= 1) {
    if (only === undefined) return none;
    if (only.kind !== 'first-of') return [only.source];
  }
  const parents = new Set<number>();
  if (fanOut !== undefined) parents.add(fanOut.source);
  for (const input of inputs) for (const source of sourcesOf(input)) parents.add(source);
  for (const { source } of conditions) parents.add(source);
  return [...parents].sort((a, b) => a - b);
}

const none: readonly never[] = Object.freeze([]);

/** The nodes that an input comes from. */
export function sourcesOf(input: NodeInput): readonly number[] {
  return input.kind === 'first-of' ? input.sources : [input.source];
}

/** Nothing where the agent was left out because of a fault. */
function toInput(
  dependency: Dependency,
  known: (agent: AgentClass) => boolean,
  position: (agent: AgentClass) => number,
): NodeInput | undefined {
  if (typeof dependency === 'function') {
    return known(dependency) ? { kind: 'required', source: position(dependency) } : undefined;
  }
  const agents = agentsOf(dependency).filter(known);
  const [first] = agents;
  if (first === undefined) return undefined;
  if (dependency.kind === 'first-of') return { kind: 'first-of', sources: agents.map(position) };
  return { kind: dependency.kind, source: position(first) };
}
