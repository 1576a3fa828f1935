import type { Fault } from '../../errors/graph-error.js';
import type { AgentDefinition } from '../../metadata/agent-definition.js';
import type { Policy, PolicyKind } from '../../policies/policy.js';
import { methodsWithPolicies, policiesOfMethod } from '../../policies/record-policy.js';
import { definitionsOf } from '../definitions-of.js';
import { faultOf, type RuleInput } from './rule.js';

/** No agent and no tool has two policies of one kind, and fallbacks stand on agents only. */
export function policyConflicts({ graph }: RuleInput): Fault[] {
  const faults: Fault[] = [];
  for (const definition of definitionsOf(graph)) {
    const { className } = definition;
    for (const kind of repeatedKinds(definition.policies)) {
      faults.push(
        faultOf(definition, 'decorator-conflict', {
          message: `${decoratorOf(kind)} stands twice on ${className}; only one can hold.`,
          hint: `Keep one ${decoratorOf(kind)} on class ${className}.`,
        }),
      );
    }
    faults.push(...ignoredPolicies(definition));
    for (const { method } of definition.tools) {
      const policies = policiesOfMethod(definition.agent.prototype as object, method);
      for (const kind of repeatedKinds(policies)) {
        faults.push(
          faultOf(definition, 'decorator-conflict', {
            message: `${decoratorOf(kind)} stands twice on tool ${className}.${method}; only one can hold.`,
            hint: `Keep one ${decoratorOf(kind)} on ${method}().`,
            member: method,
          }),
        );
      }
      if (policies.some(({ kind }) => kind === 'budget')) {
        faults.push(
          faultOf(definition, 'decorator-conflict', {
            message: `@Budget stands on tool ${className}.${method}: a tool has no budget of its own, so it would be ignored.`,
            hint: `Write @Budget above class ${className}, or limit the tool with @RateLimit or @Concurrency.`,
            member: method,
          }),
        );
      }
      if (policies.some((policy) => 'agent' in policy)) {
        faults.push(
          faultOf(definition, 'decorator-conflict', {
            message: `@Fallback stands on tool ${className}.${method}: another agent cannot take a tool's place.`,
            hint: `Catch the error in ${method}(), or put @Fallback on class ${className}.`,
            member: method,
          }),
        );
      }
    }
  }
  return faults;
}

/** Policies on methods that are no tools, such as `run`: nothing would apply them. */
function ignoredPolicies(definition: AgentDefinition): Fault[] {
  const { agent, className, tools } = definition;
  const faults: Fault[] = [];
  for (const method of methodsWithPolicies(agent.prototype as object)) {
    if (tools.some((tool) => tool.method === method)) continue;
    const [{ kind }] = policiesOfMethod(agent.prototype as object, method) as readonly [Policy];
    const hint = method === 'run' ? '' : `, or @Tool('What it does') above ${method}()`;
    faults.push(
      faultOf(definition, 'decorator-conflict', {
        message: `${decoratorOf(kind)} stands on ${className}.${method}, which is no tool: it would be ignored.`,
        hint: `Write ${decoratorOf(kind)} above class ${className}${hint}.`,
        member: method,
      }),
    );
  }
  return faults;
}

function repeatedKinds(policies: readonly Policy[]): readonly PolicyKind[] {
  if (policies.length < 2) return [];
  const seen = new Set<PolicyKind>();
  const twice = new Set<PolicyKind>();
  for (const { kind } of policies) (seen.has(kind) ? twice : seen).add(kind);
  return [...twice];
}

/** `rate-limit` is written `@RateLimit`. */
const decoratorOf = (kind: PolicyKind): string =>
  `@${kind.replace(/(^|-)([a-z])/g, (_match, _dash, letter: string) => letter.toUpperCase())}`;
