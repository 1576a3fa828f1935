import type { Fault } from '../../errors/graph-error.js';
import type { AgentClass } from '../../metadata/agent-class.js';
import type { AgentDefinition } from '../../metadata/agent-definition.js';
import { definitionsOf } from '../definitions-of.js';
import type { Graph } from '../graph.js';
import { type Nesting, nestedAgentsOf, nestingsOf } from '../nested-agents.js';
import { faultOf, type RuleInput } from './rule.js';

/**
 * No agent runs inside itself, as a tool's tool or a fallback's fallback: nothing would bound how deep.
 * Hand-offs may point back, for `max` bounds them; but not through a tool or a fallback on the way.
 */
export function nestedCycles({ graph }: RuleInput): Fault[] {
  if (graph.nested.size === 0) return [];
  const order = [...definitionsOf(graph)];
  const position = new Map(order.map(({ agent }, index) => [agent, index]));
  const faults = new Map<string, Fault>();
  const suspects = inCircles(graph);
  for (const host of order) {
    if (!suspects.has(host.agent)) continue;
    for (const { kind, agent } of nestingsOf(host)) {
      if (kind === 'handoff' || !suspects.has(agent)) continue;
      const back = shortestPath(graph, agent, host.agent);
      if (back === undefined) continue;
      const circle = fromEarliest(
        back.map((at) => order[position.get(at) as number] as AgentDefinition),
        (definition) => position.get(definition.agent) as number,
      );
      const fault = circleFault(circle, kind);
      if (!faults.has(fault.message)) faults.set(fault.message, fault);
    }
  }
  return [...faults.values()];
}

/**
 * The nested agents that are left when those are taken away, again and again, that run nothing which is left: all
 * circles are among them, and mostly there are none. So the search for paths is not made for every agent of a graph.
 */
function inCircles({ nested }: Graph): ReadonlySet<AgentClass> {
  const hosts = new Map<AgentClass, AgentClass[]>();
  const open = new Map<AgentClass, number>();
  for (const [host, { definition }] of nested) {
    const inner = nestedAgentsOf(definition).filter((agent) => nested.has(agent));
    open.set(host, inner.length);
    for (const agent of inner) {
      const known = hosts.get(agent);
      if (known === undefined) hosts.set(agent, [host]);
      else known.push(host);
    }
  }
  const taken = [...nested.keys()].filter((agent) => open.get(agent) === 0);
  for (const agent of taken) {
    open.delete(agent);
    for (const host of hosts.get(agent) ?? []) {
      const left = (open.get(host) as number) - 1;
      open.set(host, left);
      if (left === 0) taken.push(host);
    }
  }
  return new Set(open.keys());
}

/** The agents from one to another along what runs inside what, both included. */
function shortestPath(graph: Graph, from: AgentClass, to: AgentClass): readonly AgentClass[] | undefined {
  const before = new Map<AgentClass, AgentClass | undefined>([[from, undefined]]);
  for (const [agent] of before) {
    if (agent === to) {
      const path: AgentClass[] = [];
      for (let at: AgentClass | undefined = agent; at !== undefined; at = before.get(at)) path.push(at);
      return path.reverse();
    }
    const definition = graph.nested.get(agent)?.definition;
    if (definition === undefined) continue;
    for (const inner of nestedAgentsOf(definition)) if (!before.has(inner)) before.set(inner, agent);
  }
  return undefined;
}

/** The same circle, begun at its first agent in the graph's order, so that each is told of once. */
function fromEarliest(
  circle: readonly AgentDefinition[],
  position: (definition: AgentDefinition) => number,
): readonly AgentDefinition[] {
  let start = 0;
  circle.forEach((definition, index) => {
    if (position(definition) < position(circle[start] as AgentDefinition)) start = index;
  });
  return [...circle.slice(start), ...circle.slice(0, start)];
}

function circleFault(circle: readonly AgentDefinition[], kind: Nesting['kind']): Fault {
  const [first] = circle as readonly [AgentDefinition];
  const path = [...circle, first].map(({ className }) => className).join(' → ');
  return faultOf(first, 'dependency-cycle', {
    message: `${path} is a circle of agents that run inside each other: nothing bounds how deep.`,
    hint: `Break the circle: remove one ${kind === 'tool' ? 'asTool(…)' : '@Fallback(…)'}; use @Repeat({ max }) for a loop.`,
  });
}
