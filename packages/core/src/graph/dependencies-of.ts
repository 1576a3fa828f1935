import type { AgentClass } from '../metadata/agent-class.js';
import type { AgentDefinition } from '../metadata/agent-definition.js';
import { agentsOf } from '../metadata/dependency.js';

/** What an agent waits for: its inputs, its conditions and the source of its items. */
export function dependenciesOf(definition: AgentDefinition): readonly AgentClass[] {
  const { dependsOn, conditions, forEach } = definition;
  if (conditions.length === 0 && forEach === undefined) return dependsOn.flatMap(agentsOf);
  return [
    ...(forEach === undefined ? [] : [forEach.source, ...forEach.dependsOn.flatMap(agentsOf)]),
    ...dependsOn.flatMap(agentsOf),
    ...conditions.map(({ source }) => source),
  ];
}
