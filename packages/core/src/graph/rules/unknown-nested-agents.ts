import { describeValue } from '../../errors/espalier-error.js';
import type { Fault } from '../../errors/graph-error.js';
import { definitionsOf } from '../definitions-of.js';
import { hintForNoClass, isClass } from '../is-class.js';
import { type Nesting, nestingsOf } from '../nested-agents.js';
import { faultOf, type RuleInput } from './rule.js';

const written: Readonly<Record<Nesting['kind'], string>> = {
  tool: 'asTool(…)',
  fallback: '@Fallback(…)',
  handoff: '@Handoff(…)',
};

/** Agents as tools, fallbacks and hand-off targets are classes. */
export function unknownNestedAgents({ graph }: RuleInput): Fault[] {
  const faults: Fault[] = [];
  for (const definition of definitionsOf(graph)) {
    const { className, handoff } = definition;
    for (const { kind, agent } of nestingsOf(definition)) {
      if (isClass(agent)) continue;
      faults.push(
        faultOf(definition, 'agent-unknown', {
          message: `${written[kind]} of ${className}: expected an agent class, got ${describeValue(agent)}.`,
          hint: hintForNoClass,
        }),
      );
    }
    if (handoff !== undefined && handoff.targets.length === 0) {
      faults.push(
        faultOf(definition, 'agent-unknown', {
          message: `@Handoff of ${className} names no agent: expected one or more classes, then { max }.`,
          hint: `Write @Handoff(Billing, { max: 3 }) above class ${className}.`,
        }),
      );
    }
  }
  return faults;
}
