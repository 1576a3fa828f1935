import { describeValue } from '../../errors/espalier-error.js';
import type { Fault } from '../../errors/graph-error.js';
import type { AgentClass } from '../../metadata/agent-class.js';
import { readAgent } from '../../metadata/agent-definition.js';
import type { Graph } from '../graph.js';
import { hintForNoClass, isClass } from '../is-class.js';
import { faultOf } from './rule.js';

/** Every agent that was registered by itself has a place in some workflow. The one rule that looks at all graphs together. */
export function unreachableAgents(graphs: readonly Graph[], agents: readonly AgentClass[]): Fault[] {
  if (agents.length === 0) return [];
  const reached = new Set<AgentClass>();
  for (const { nodes, nested } of graphs) {
    for (const { definition } of nodes) reached.add(definition.agent);
    for (const agent of nested.keys()) reached.add(agent);
  }
  const workflows = graphs.map(({ workflow }) => `'${workflow.name}'`).join(', ') || 'none';
  const unknown = agents
    .filter((agent) => !isClass(agent))
    .map(
      (value): Fault => ({
        code: 'agent-unknown',
        message: `\`agents\` of createEspalier: expected an agent class, got ${describeValue(value)}.`,
        hint: hintForNoClass,
        where: {},
      }),
    );
  const unreachable = agents
    .filter((agent) => isClass(agent) && !reached.has(agent))
    .map((agent) =>
      faultOf(readAgent(agent), 'agent-unreachable', {
        message: `${agent.name} is registered, but no workflow reaches it (${workflows}).`,
        hint: `Write @DependsOn(${agent.name}) above an agent that a workflow reaches, or remove it from \`agents\`.`,
      }),
    );
  return [...unknown, ...unreachable];
}
