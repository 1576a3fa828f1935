import type { AgentClass } from '../metadata/agent-class.js';
import type { AgentDefinition } from '../metadata/agent-definition.js';
import type { Graph } from './graph.js';

/** Every agent of a graph once: those with a place of their own in topological order, then those that run inside others. */
export function definitionsOf({ nodes, nested }: Graph): Iterable<AgentDefinition> {
  if (nested.size === 0) return nodes.map(({ definition }) => definition);
  const definitions = new Map<AgentClass, AgentDefinition>();
  for (const { definition } of nodes) definitions.set(definition.agent, definition);
  for (const [agent, { definition }] of nested) if (!definitions.has(agent)) definitions.set(agent, definition);
  return definitions.values();
}
