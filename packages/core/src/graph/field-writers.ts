import type { AgentClass } from '../metadata/agent-class.js';
import type { AgentDefinition } from '../metadata/agent-definition.js';
import type { WritesDeclaration } from '../metadata/agent-metadata.js';
import type { Graph, GraphNode } from './graph.js';
import { nestedAgentsOf } from './nested-agents.js';

/** Who declares to write one field of shared state. */
export interface FieldWriters {
  readonly state: new () => object;
  readonly field: string;
  /** In topological order. */
  readonly writers: readonly GraphNode[];
}

/** All fields that `@Writes` names in a graph. What runs inside a node writes as that node. */
export function fieldWriters(graph: Graph): readonly FieldWriters[] {
  const byState = new Map<new () => object, Map<string, GraphNode[]>>();
  for (const node of graph.nodes) {
    for (const { state, fields } of writesWithin(node.definition, graph)) {
      const byField = byState.get(state) ?? new Map<string, GraphNode[]>();
      byState.set(state, byField);
      for (const field of fields) {
        const writers = byField.get(field);
        if (writers === undefined) byField.set(field, [node]);
        else if (writers.at(-1) !== node) writers.push(node);
      }
    }
  }
  return [...byState].flatMap(([state, byField]) =>
    [...byField].map(([field, writers]) => ({ state, field, writers })),
  );
}

function writesWithin(definition: AgentDefinition, { nested }: Graph): readonly WritesDeclaration[] {
  const inner = nested.size === 0 ? [] : nestedAgentsOf(definition);
  const own = definition.writes.filter(({ state }) => typeof state === 'function');
  if (inner.length === 0) return own;
  const within = new Set<AgentClass>(inner);
  for (const agent of within) {
    const found = nested.get(agent)?.definition;
    if (found === undefined) continue;
    own.push(...found.writes.filter(({ state }) => typeof state === 'function'));
    for (const next of nestedAgentsOf(found)) within.add(next);
  }
  return own;
}
