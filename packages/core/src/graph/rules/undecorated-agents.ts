import type { Fault } from '../../errors/graph-error.js';
import type { AgentClass } from '../../metadata/agent-class.js';
import { definitionsOf } from '../definitions-of.js';
import { dependenciesOf } from '../dependencies-of.js';
import type { Graph } from '../graph.js';
import { nestedAgentsOf } from '../nested-agents.js';
import { faultOf, type RuleInput } from './rule.js';

/** Every class that a graph uses has `@Agent()`. */
export function undecoratedAgents({ graph }: RuleInput): Fault[] {
  const undecorated = [...definitionsOf(graph)].filter(({ decorated }) => !decorated);
  if (undecorated.length === 0) return [];
  const users = firstUsers(graph);
  return undecorated.map((definition) => {
    const { agent, className } = definition;
    const use = users.get(agent) ?? `which workflow '${graph.workflow.name}' reaches`;
    return faultOf(definition, 'agent-undecorated', {
      message: `Class ${className || 'without a name'}, ${use}, has no @Agent().`,
      hint: `Write @Agent() above ${className === '' ? 'it' : `class ${className}`}; an agent's subclass needs its own.`,
    });
  });
}

/** The class itself cannot say where it stands: without the decorator nobody knows. So its first user is named. */
function firstUsers(graph: Graph): ReadonlyMap<AgentClass, string> {
  const users = new Map<AgentClass, string>([
    [graph.workflow.options.output, `the output of workflow '${graph.workflow.name}'`],
  ]);
  for (const user of definitionsOf(graph)) {
    const name = `${user.className}${user.file === undefined ? '' : ` (${user.file})`}`;
    for (const agent of dependenciesOf(user)) if (!users.has(agent)) users.set(agent, `which ${name} depends on`);
    for (const agent of nestedAgentsOf(user)) if (!users.has(agent)) users.set(agent, `which runs inside ${name}`);
  }
  return users;
}
