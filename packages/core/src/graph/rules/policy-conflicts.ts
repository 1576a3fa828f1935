import type { Fault } from '../../errors/graph-error.js';
import type { AgentClass } from '../../metadata/agent-class.js';
import { type AgentDefinition, readTools } from '../../metadata/agent-definition.js';
import { agentKey, type ToolDeclaration } from '../../metadata/agent-metadata.js';
import type { Policy, PolicyKind } from '../../policies/policy.js';
import { methodsWithPolicies, policiesOfClass, policiesOfMethod } from '../../policies/record-policy.js';
import { definitionsOf } from '../definitions-of.js';
import { isClass } from '../is-class.js';
import { faultOf, type RuleInput } from './rule.js';

/**
 * No agent and no tool has two policies of one kind, fallbacks stand on agents only, no policy stands where nothing applies
 * it, and no agent that writes state is cached.
 */
export function policyConflicts({ graph }: RuleInput): Fault[] {
  const faults: Fault[] = [];
  const toolClasses = new Set<AgentClass>();
  for (const definition of definitionsOf(graph)) {
    const { agent, className, policies, tools, options } = definition;
    for (const kind of repeatedKinds(policies)) {
      faults.push(
        faultOf(definition, 'decorator-conflict', {
          message: `${decoratorOf(kind)} stands twice on ${className}; only one can hold.`,
          hint: `Keep one ${decoratorOf(kind)} on class ${className}.`,
        }),
      );
    }
    faults.push(...checkMethods({ user: definition, owner: agent, tools }));
    for (const injected of options.tools ?? []) {
      if (!isClass(injected) || toolClasses.has(injected)) continue;
      toolClasses.add(injected);
      faults.push(...checkToolClass(definition, injected));
    }
  }
  for (const { definition, policies } of [...graph.nodes, ...graph.nested.values()]) {
    const { className, writes } = definition;
    if (writes.length === 0 || !policies.some(({ kind }) => kind === 'cache')) continue;
    faults.push(
      faultOf(definition, 'decorator-conflict', {
        message: `${className} has @Cache and @Writes: a cached result would write nothing.`,
        hint: `Remove @Cache from class ${className}, or let another agent that depends on it write.`,
      }),
    );
  }
  return faults;
}

/** A class with policies on its methods. */
interface Methods {
  /** The agent that it is, or that has it among its tools. */
  readonly user: AgentDefinition;
  readonly owner: AgentClass;
  readonly tools: readonly ToolDeclaration[];
}

/** A class in `tools` of an agent: what stands on the class itself holds for none of its methods. */
function checkToolClass(user: AgentDefinition, owner: AgentClass): Fault[] {
  const faults = checkMethods({ user, owner, tools: readTools(owner.prototype as object) });
  if (agentKey.read(owner) !== undefined) return faults; // there they are the agent's
  for (const kind of new Set(policiesOfClass(owner).map((policy) => policy.kind))) {
    faults.push(
      faultOf(user, 'decorator-conflict', {
        message: `${decoratorOf(kind)} stands on ${owner.name}, which is no agent: it would be ignored.`,
        hint: `Write ${decoratorOf(kind)} above each @Tool method of class ${owner.name}.`,
        owner: owner.name,
      }),
    );
  }
  return faults;
}

function checkMethods(methods: Methods): Fault[] {
  const { owner, tools } = methods;
  const prototype = owner.prototype as object;
  const faults = ignoredPolicies(methods);
  for (const { method } of tools) {
    const policies = policiesOfMethod(prototype, method);
    if (policies.length > 0) faults.push(...checkTool(methods, method, policies));
  }
  return faults;
}

function checkTool({ user, owner }: Methods, method: string, policies: readonly Policy[]): Fault[] {
  const faults: Fault[] = [];
  const place = `${owner.name}.${method}`;
  const add = (message: string, hint: string): void => {
    faults.push(faultOf(user, 'decorator-conflict', { message, hint, owner: owner.name, member: method }));
  };
  for (const kind of repeatedKinds(policies)) {
    const decorator = decoratorOf(kind);
    add(`${decorator} stands twice on tool ${place}; only one can hold.`, `Keep one ${decorator} on ${method}().`);
  }
  if (policies.some(({ kind }) => kind === 'budget')) {
    add(
      `@Budget stands on tool ${place}: a tool has no budget of its own, so it would be ignored.`,
      `Write @Budget above class ${user.className}, or limit the tool with @RateLimit or @Concurrency.`,
    );
  }
  if (policies.some((policy) => 'agent' in policy)) {
    add(
      `@Fallback stands on tool ${place}: another agent cannot take a tool's place.`,
      `Catch the error in ${method}(), or put @Fallback on class ${user.className}.`,
    );
  }
  return faults;
}

/** Policies on methods that are no tools, such as `run` or static ones: nothing would apply them. */
function ignoredPolicies({ user, owner, tools }: Methods): Fault[] {
  const faults: Fault[] = [];
  const check = (target: object, isStatic: boolean): void => {
    for (const method of methodsWithPolicies(target)) {
      if (!isStatic && tools.some((tool) => tool.method === method)) continue;
      const [{ kind }] = policiesOfMethod(target, method) as readonly [Policy];
      const tool = method === 'run' || isStatic ? '' : `, or @Tool('What it does') above ${method}()`;
      faults.push(
        faultOf(user, 'decorator-conflict', {
          message: `${decoratorOf(kind)} stands on ${owner.name}.${method}, which is no tool: it would be ignored.`,
          hint: `Write ${decoratorOf(kind)} above class ${user.className}${tool}.`,
          owner: owner.name,
          member: method,
        }),
      );
    }
  };
  check(owner.prototype as object, false);
  check(owner, true);
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
