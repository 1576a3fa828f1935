import type { Fault } from '../../errors/graph-error.js';
import type { AgentClass } from '../../metadata/agent-class.js';
import type { AgentDefinition } from '../../metadata/agent-definition.js';
import { dependsOnKey, forEachKey } from '../../metadata/agent-metadata.js';
import { declaredDependency } from '../declared-code.js';
import { definitionsOf } from '../definitions-of.js';
import { faultOf, type RuleInput } from './rule.js';

/**
 * Decorators are not inherited: a subclass is an agent of its own. But where it inherits `run()`, it inherits what
 * `run()` takes, so it has to say where that comes from.
 */
export function inheritedRun({ graph }: RuleInput): Fault[] {
  const faults: Fault[] = [];
  for (const definition of definitionsOf(graph)) {
    const { className, dependsOn, forEach, hasRun } = definition;
    if (!hasRun || dependsOn.length > 0 || forEach !== undefined) continue;
    const owner = ownerOfRun(definition);
    const written = owner === undefined ? undefined : inputsOf(owner);
    if (owner === undefined || written === undefined) continue;
    faults.push(
      faultOf(definition, 'dependency-type-mismatch', {
        message: `${className} inherits run() from ${owner.name}, which has ${written}; ${className} has none, for decorators are not inherited.`,
        hint: `Write ${written} above class ${className} too, or give it a run() of its own.`,
      }),
    );
  }
  return faults;
}

/** The superclass that `run()` comes from. */
function ownerOfRun({ agent }: AgentDefinition): AgentClass | undefined {
  if (Object.hasOwn(agent.prototype as object, 'run')) return undefined;
  let at = Object.getPrototypeOf(agent) as AgentClass;
  while (typeof at === 'function' && at.prototype !== undefined) {
    if (Object.hasOwn(at.prototype as object, 'run')) return at;
    at = Object.getPrototypeOf(at) as AgentClass;
  }
  return undefined;
}

function inputsOf(owner: AgentClass): string | undefined {
  const forEach = forEachKey.read(owner);
  if (forEach !== undefined) return `@ForEach(${forEach.source?.name ?? '…'}, …)`;
  const dependsOn = dependsOnKey.read(owner);
  return dependsOn === undefined ? undefined : `@DependsOn(${dependsOn.map(declaredDependency).join(', ')})`;
}
