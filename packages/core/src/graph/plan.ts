import type { Bound } from '../policies/bound.js';
import type { Json } from '../schema/json.js';
import { agentTools } from './agent-tools.js';
import { sourcesOf } from './build-graph.js';
import { fingerprint, graphShape } from './fingerprint.js';
import type { Graph, GraphNode } from './graph.js';
import { nestingsOf } from './nested-agents.js';
import type { ModelWidths } from './node-bounds.js';
import { worstCaseOf } from './worst-cases.js';

/** How one node hangs on another. */
export interface PlanEdge {
  readonly from: string;
  readonly to: string;
  readonly kind: 'required' | 'optional' | 'first-of' | 'each' | 'for-each' | 'when' | 'fallback' | 'handoff' | 'tool';
}

export interface PlanNode {
  readonly name: string;
  readonly class: string;
  readonly file: string | undefined;
  /** Whether it runs inside others rather than by edges of its own. */
  readonly nested: boolean;
  readonly usesModel: boolean;
  /** Policies by kind, with their options, innermost first. */
  readonly policies: readonly { readonly kind: string; readonly options: Json }[];
  readonly tools: readonly string[];
  /** `mayFail`: an item that fails leaves `null` in its place, instead of failing the node. */
  readonly forEach: { readonly max: number; readonly mayFail: boolean } | undefined;
  readonly repeat: { readonly max: number } | undefined;
  /** The workflows that it runs as children, and how often in one attempt at the most. */
  readonly calls: readonly { readonly workflow: string; readonly version: number; readonly max: number }[];
  readonly worstCase: Bound;
}

/** All that is known of a workflow before it runs. */
export interface WorkflowPlan {
  readonly workflow: string;
  readonly version: number;
  readonly fingerprint: string;
  readonly output: string;
  readonly nodes: readonly PlanNode[];
  readonly edges: readonly PlanEdge[];
  /** The most that one run can do. `Infinity` where nothing bounds it: `unbounded` says why. */
  readonly worstCase: Bound;
  readonly unbounded: readonly { readonly node: string; readonly why: string; readonly hint: string }[];
}

/** The plan of a graph, as plain data. */
export function describeGraph(graph: Graph, widths: ModelWidths = new Map()): WorkflowPlan {
  const { workflow, nodes, nested, output } = graph;
  const worst = worstCaseOf(graph, widths);
  const placed = nodes.map((node) => planNode(node, worst.nodes.of(node).total));
  const inner = [...nested].map(([agent, node]) => planNode(node, worst.nodes.nested(agent)));
  return {
    workflow: workflow.name,
    version: workflow.version,
    fingerprint: fingerprint(graphShape(graph)),
    output: nodes[output]?.name ?? '',
    nodes: [...placed, ...inner],
    edges: [
      ...nodes.flatMap((node) => edgesTo(node, graph)),
      ...[...nodes, ...nested.values()].flatMap((node) => edgesInto(node, graph)),
    ],
    ...worst.run,
  };
}

function planNode({ name, index, definition, policies, fanOut }: GraphNode, worstCase: Bound): PlanNode {
  return {
    name,
    class: definition.className,
    file: definition.file,
    nested: index === -1,
    usesModel: definition.usesModel,
    policies: policies.map(({ kind, options }) => ({ kind, options })),
    tools: agentTools(definition).map((tool) => tool.name),
    forEach: fanOut === undefined ? undefined : { max: fanOut.max, mayFail: fanOut.mayFail },
    repeat: definition.repeat === undefined ? undefined : { max: definition.repeat.max },
    calls: definition.calls.map(({ workflow, max }) => ({ workflow: workflow.name, version: workflow.version, max })),
    worstCase,
  };
}

function edgesTo({ name: to, inputs, conditions, fanOut }: GraphNode, { nodes }: Graph): readonly PlanEdge[] {
  const nameOf = (index: number): string => nodes[index]?.name ?? '';
  return [
    ...(fanOut === undefined ? [] : [{ from: nameOf(fanOut.source), to, kind: 'for-each' as const }]),
    ...inputs.flatMap((input) => sourcesOf(input).map((source) => ({ from: nameOf(source), to, kind: input.kind }))),
    ...conditions.map(({ source }) => ({ from: nameOf(source), to, kind: 'when' as const })),
  ];
}

/** Edges to agents that run inside a node. */
function edgesInto({ name: from, definition }: GraphNode, { nested }: Graph): readonly PlanEdge[] {
  return nestingsOf(definition).map(({ agent, kind }) => ({ from, to: nested.get(agent)?.name ?? agent.name, kind }));
}
