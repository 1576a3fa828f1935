import type { Fault } from '../../errors/graph-error.js';
import type { AgentDefinition } from '../../metadata/agent-definition.js';
import { declaredInputs, expectedRun, inputCount } from '../declared-code.js';
import { definitionsOf } from '../definitions-of.js';
import { nestingsOf } from '../nested-agents.js';
import { faultOf, type RuleInput } from './rule.js';

/** No `run()` asks for more arguments than it gets. Fewer are fine: what is not used need not be named. */
export function runArity({ graph }: RuleInput): Fault[] {
  const faults: Fault[] = [];
  for (const { definition } of graph.nodes) {
    if (takes(definition) <= inputCount(definition) + 1) continue;
    faults.push(
      faultOf(definition, 'dependency-type-mismatch', {
        message: `${definition.className}.run takes ${takes(definition)} arguments, but gets ${inputCount(definition) + 1}: ${inputs(definition)} and the context.`,
        hint: `Write ${expectedRun(definition)}, or add what is missing to ${definition.forEach === undefined ? '@DependsOn' : 'dependsOn of @ForEach'}.`,
        member: 'run',
      }),
    );
  }
  if (graph.nested.size > 0) faults.push(...nestedArity(graph));
  return faults;
}

/** A tool's agent gets what the model gave, a fallback what the agent got whose place it takes. */
function nestedArity(graph: RuleInput['graph']): Fault[] {
  const faults: Fault[] = [];
  for (const host of definitionsOf(graph)) {
    for (const { kind, agent } of nestingsOf(host)) {
      const inner = graph.nested.get(agent)?.definition;
      const given = (kind === 'tool' ? 1 : inputCount(host)) + 1;
      if (inner === undefined || kind === 'handoff' || takes(inner) <= given) continue;
      const role = kind === 'tool' ? `a tool of ${host.className}` : `the fallback of ${host.className}`;
      const what = kind === 'tool' ? "the tool's input" : inputs(host);
      faults.push(
        faultOf(inner, 'dependency-type-mismatch', {
          message: `${inner.className}.run takes ${takes(inner)} arguments, but as ${role} it gets ${given}: ${what} and the context.`,
          hint: `Write ${kind === 'tool' ? 'run(input: …, ctx: RunContext)' : expectedRun(host)}.`,
          member: 'run',
        }),
      );
    }
  }
  return faults;
}

/** Parameters without a default value. */
function takes({ hasRun, agent }: AgentDefinition): number {
  return hasRun ? (agent.prototype as { run: (...args: unknown[]) => unknown }).run.length : 0;
}

function inputs(definition: AgentDefinition): string {
  const count = declaredInputs(definition).length;
  const dependencies = count === 1 ? '1 dependency' : `${count} dependencies`;
  if (definition.forEach !== undefined) return count === 0 ? 'the item' : `the item, ${dependencies}`;
  return count === 0 ? "the run's input" : dependencies;
}
