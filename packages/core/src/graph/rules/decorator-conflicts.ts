import type { Fault } from '../../errors/graph-error.js';
import type { AgentDefinition } from '../../metadata/agent-definition.js';
import { repeatedKey } from '../../metadata/agent-metadata.js';
import { declaredDependency } from '../declared-code.js';
import { definitionsOf } from '../definitions-of.js';
import { faultOf, type RuleInput } from './rule.js';

/** The control-flow decorators of one class do not contradict each other. */
export function decoratorConflicts({ graph }: RuleInput): Fault[] {
  const faults: Fault[] = [];
  for (const definition of definitionsOf(graph)) {
    const { agent, className, forEach, dependsOn, handoff, usesModel } = definition;
    for (const decorator of repeatedKey.read(agent) ?? []) {
      faults.push(
        faultOf(definition, 'decorator-conflict', {
          message: `${decorator} stands twice on ${className}; only one can hold.`,
          hint: `Keep one ${decorator} on class ${className}.`,
        }),
      );
    }
    if (forEach !== undefined && dependsOn.length > 0) {
      faults.push(
        faultOf(definition, 'decorator-conflict', {
          message: `${className} has @ForEach and @DependsOn: both say what run() takes.`,
          hint: `Write ${forEachWith(definition)} and remove @DependsOn.`,
        }),
      );
    }
    if (handoff !== undefined && !usesModel) {
      faults.push(
        faultOf(definition, 'decorator-conflict', {
          message: `${className} has @Handoff but is plain code: only a model can pass a conversation on.`,
          hint: `Write @Agent({ instructions: '…' }) above class ${className}, or remove @Handoff.`,
        }),
      );
    }
  }
  return faults;
}

function forEachWith({ forEach, dependsOn }: AgentDefinition): string {
  const all = [...(forEach?.dependsOn ?? []), ...dependsOn].map(declaredDependency).join(', ');
  return `@ForEach(${forEach?.source?.name ?? '…'}, { …, dependsOn: [${all}] })`;
}
