import type { AgentClass } from '../metadata/agent-class.js';
import type { AgentDefinition } from '../metadata/agent-definition.js';
import { isClass } from './is-class.js';

/** The agents that run inside others rather than by their own edges: fallbacks, hand-off targets, agents as tools. */
export function nestedAgents(
  roots: readonly AgentClass[],
  define: (agent: AgentClass) => AgentDefinition,
): ReadonlySet<AgentClass> {
  const nested = new Set<AgentClass>();
  const visit = (agent: AgentClass): void => {
    for (const inner of nestedAgentsOf(define(agent))) nested.add(inner);
  };
  for (const agent of roots) visit(agent);
  for (const agent of nested) visit(agent); // a Set's iteration reaches what is added on the way
  return nested;
}

/** The agents that one agent runs inside itself. What is no class is left out: a rule of the proof reports it. */
export function nestedAgentsOf(definition: AgentDefinition): readonly AgentClass[] {
  const { policies, handoff, options } = definition;
  if (policies.length === 0 && handoff === undefined && options.tools === undefined) return none;
  return nestingsOf(definition)
    .map(({ agent }) => agent)
    .filter(isClass);
}

/** One agent inside another, and what put it there. */
export interface Nesting {
  readonly kind: 'tool' | 'fallback' | 'handoff';
  readonly agent: AgentClass;
}

/** What one agent runs inside itself, as declared: after a circular import, `agent` may be no class. */
export function nestingsOf({ policies, handoff, options }: AgentDefinition): readonly Nesting[] {
  const nestings: Nesting[] = [];
  for (const policy of policies)
    if ('agent' in policy) nestings.push({ kind: 'fallback', agent: policy.agent as AgentClass });
  for (const agent of handoff?.targets ?? []) nestings.push({ kind: 'handoff', agent });
  for (const tool of options.tools ?? []) {
    if (typeof tool === 'object' && tool !== null) nestings.push({ kind: 'tool', agent: tool.agent });
  }
  return nestings;
}

const none: readonly never[] = Object.freeze([]);
