import type { Fault } from '../../errors/graph-error.js';
import type { AgentDefinition } from '../../metadata/agent-definition.js';
import type { Dependency } from '../../metadata/dependency.js';
import { agentsOf } from '../../metadata/dependency.js';
import { declaredDependency, declaredInputs } from '../declared-code.js';
import { definitionsOf } from '../definitions-of.js';
import { nestingsOf } from '../nested-agents.js';
import { faultOf, type RuleInput } from './rule.js';

type Check = (host: AgentDefinition, inner: AgentDefinition) => Fault[];

/** Agents that run inside others declare nothing that would be ignored there. */
export function nestedConflicts({ graph }: RuleInput): Fault[] {
  if (graph.nested.size === 0) return [];
  const faults: Fault[] = [];
  for (const host of definitionsOf(graph)) {
    for (const { kind, agent } of nestingsOf(host)) {
      const inner = graph.nested.get(agent)?.definition;
      if (inner !== undefined) faults.push(...checks[kind](host, inner));
    }
  }
  return faults;
}

const toolConflicts: Check = (host, inner) =>
  waitingDecorators(inner).map((decorator) =>
    faultOf(inner, 'decorator-conflict', {
      message: `${inner.className} is a tool of ${host.className} and has ${decorator}: a tool runs when the model calls it and waits for nothing.`,
      hint: `Remove ${decorator} from ${inner.className}, or write @DependsOn(${inner.className}) above ${host.className} instead of asTool(${inner.className}).`,
    }),
  );

const handoffConflicts: Check = (host, inner) => {
  const faults = [...waitingDecorators(inner), ...(inner.repeat === undefined ? [] : ['@Repeat'])].map((decorator) =>
    faultOf(inner, 'decorator-conflict', {
      message: `${inner.className} takes over conversations of ${host.className} and has ${decorator}: it answers at once, in ${host.className}'s place.`,
      hint: `Remove ${decorator} from ${inner.className}.`,
    }),
  );
  if (inner.hasRun) {
    faults.push(
      faultOf(inner, 'decorator-conflict', {
        message: `${inner.className} takes over conversations of ${host.className} and has run(): it would never be called, for the model answers with ${inner.className}'s instructions and tools.`,
        hint: `Remove run() from ${inner.className}, or write @Agent({ tools: [asTool(${inner.className})] }) above ${host.className} instead of @Handoff.`,
        member: 'run',
      }),
    );
  }
  return faults;
};

/** A fallback gets the inputs of the agent whose place it takes; it may declare the same, for the reader's sake. */
const fallbackConflicts: Check = (host, inner) => {
  const faults: Fault[] = [];
  const ignored = (decorator: string): void => {
    faults.push(
      faultOf(inner, 'decorator-conflict', {
        message: `${inner.className} is the fallback of ${host.className} and has ${decorator}: it would be ignored, for a fallback gets the inputs of the agent whose place it takes.`,
        hint: `Remove ${decorator} from ${inner.className}.`,
      }),
    );
  };
  if (inner.conditions.length > 0) ignored('@When');
  if (inner.forEach !== undefined && inner.forEach.source !== host.forEach?.source) ignored('@ForEach');
  const own = declaredInputs(inner);
  const given = declaredInputs(host);
  if (own.length > 0 && !sameDependencies(own, given)) {
    const takes = given.length === 0 ? 'no dependencies' : given.map(declaredDependency).join(', ');
    faults.push(
      faultOf(inner, 'decorator-conflict', {
        message: `${inner.className} is the fallback of ${host.className} and depends on ${own.map(declaredDependency).join(', ')}; it will get the inputs of ${host.className}: ${takes}.`,
        hint: `Remove @DependsOn from ${inner.className}, or declare the same as ${host.className}.`,
      }),
    );
  }
  return faults;
};

const checks = { tool: toolConflicts, handoff: handoffConflicts, fallback: fallbackConflicts };

/** The decorators of an agent that make it wait for others. */
function waitingDecorators({ dependsOn, conditions, forEach }: AgentDefinition): readonly string[] {
  return [
    ...(dependsOn.length > 0 ? ['@DependsOn'] : []),
    ...(conditions.length > 0 ? ['@When'] : []),
    ...(forEach === undefined ? [] : ['@ForEach']),
  ];
}

function sameDependencies(a: readonly Dependency[], b: readonly Dependency[]): boolean {
  return a.length === b.length && a.every((dependency, index) => sameDependency(dependency, b[index] as Dependency));
}

function sameDependency(a: Dependency, b: Dependency): boolean {
  const kindOf = (dependency: Dependency): string => (typeof dependency === 'function' ? 'required' : dependency.kind);
  const [left, right] = [agentsOf(a), agentsOf(b)];
  return (
    kindOf(a) === kindOf(b) && left.length === right.length && left.every((agent, index) => agent === right[index])
  );
}
