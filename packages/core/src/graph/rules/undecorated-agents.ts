import type { Fault } from '../../errors/graph-error.js';
import type { AgentDefinition } from '../../metadata/agent-definition.js';
import { definitionsOf } from '../definitions-of.js';
import { dependenciesOf } from '../dependencies-of.js';
import type { Graph } from '../graph.js';
import { nestedAgentsOf } from '../nested-agents.js';
import { faultOf, type RuleInput } from './rule.js';

/** Every class that a graph uses has `@Agent()`. */
export function undecoratedAgents({ graph }: RuleInput): Fault[] {
  const faults: Fault[] = [];
  for (const definition of definitionsOf(graph)) {
    if (definition.decorated) continue;
    const { className } = definition;
    faults.push(
      faultOf(definition, 'agent-undecorated', {
        message: `Class ${className}, ${usedBy(definition, graph)}, has no @Agent().`,
        hint: `Write @Agent() above class ${className}; an agent's subclass needs its own.`,
      }),
    );
  }
  return faults;
}

/** The class itself cannot say where it stands: without the decorator nobody knows. So its first user is named. */
function usedBy({ agent }: AgentDefinition, graph: Graph): string {
  if (agent === graph.workflow.options.output) return `the output of workflow '${graph.workflow.name}'`;
  for (const user of definitionsOf(graph)) {
    const verb = dependenciesOf(user).includes(agent)
      ? 'depends on'
      : nestedAgentsOf(user).includes(agent)
        ? 'runs inside itself'
        : undefined;
    if (verb !== undefined) return `which ${user.className}${user.file === undefined ? '' : ` (${user.file})`} ${verb}`;
  }
  return `which workflow '${graph.workflow.name}' reaches`;
}
