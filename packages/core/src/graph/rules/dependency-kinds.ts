import type { Fault } from '../../errors/graph-error.js';
import type { AgentClass } from '../../metadata/agent-class.js';
import type { AgentDefinition } from '../../metadata/agent-definition.js';
import { forEachKey } from '../../metadata/agent-metadata.js';
import { agentsOf, type Dependency, type EachDependency, eachOf, isEach } from '../../metadata/dependency.js';
import { arrayOf, declaredDependency, declaredInputs } from '../declared-code.js';
import type { Graph } from '../graph.js';
import { isClass } from '../is-class.js';
import { faultOf, type RuleInput } from './rule.js';

/** An agent that runs once per item gives an array: only `each(…)` takes it, and `each(…)` takes nothing else. */
export function dependencyKinds({ graph }: RuleInput): Fault[] {
  const faults: Fault[] = [...outputPerItem(graph), ...mixedTolerance(graph)];
  for (const { definition } of graph.nodes) {
    const { conditions, forEach } = definition;
    for (const dependency of declaredInputs(definition)) faults.push(...checkDependency(definition, dependency));
    for (const { source } of conditions) if (runsPerItem(source)) faults.push(takesArray(definition, '@When', source));
    if (forEach !== undefined && runsPerItem(forEach.source)) {
      faults.push(takesArray(definition, '@ForEach', forEach.source));
    }
  }
  return faults;
}

/** A run has one result, not one for each item. */
function outputPerItem({ workflow, nodes, output }: Graph): Fault[] {
  const definition = nodes[output]?.definition;
  if (definition?.forEach === undefined) return [];
  const { className } = definition;
  return [
    faultOf(definition, 'dependency-type-mismatch', {
      message: `${className} is the output of workflow '${workflow.name}', but it has @ForEach: it gives one output per item.`,
      hint: `Let the output be an agent with @DependsOn(each(${className})).`,
    }),
  ];
}

/** An item that fails either fails the node or leaves a `null`: for all dependents the same. */
function mixedTolerance({ nodes }: Graph): Fault[] {
  const faults: Fault[] = [];
  const first = new Map<AgentClass, { readonly user: AgentDefinition; readonly each: EachDependency }>();
  for (const { definition } of nodes) {
    for (const dependency of declaredInputs(definition)) {
      const each = typeof dependency === 'function' ? undefined : eachOf(dependency);
      if (each === undefined || !isClass(each.agent)) continue;
      const other = first.get(each.agent);
      if (other === undefined) first.set(each.agent, { user: definition, each });
      else if (other.each.mayFail !== each.mayFail) faults.push(mixed(definition, each, other.user, other.each));
    }
  }
  return faults;
}

function mixed(user: AgentDefinition, each: EachDependency, other: AgentDefinition, earlier: EachDependency): Fault {
  const tolerant = each.mayFail ? each : earlier;
  const [strictUser, tolerantUser] = each.mayFail ? [other, user] : [user, other];
  const { name } = each.agent;
  return faultOf(strictUser, 'dependency-type-mismatch', {
    message: `${strictUser.className} depends on each(${name}), but ${tolerantUser.className} on each(optional(${name})): an item that fails can fail ${name} or leave null, not both.`,
    hint: `Write each(optional(${name})) above ${strictUser.className} too; run() then takes ${arrayOf(tolerant)}.`,
  });
}

function checkDependency(definition: AgentDefinition, dependency: Dependency): Fault[] {
  const { className } = definition;
  const agents = agentsOf(dependency);
  const written = declaredDependency(dependency);
  if (agents.length === 0) {
    const message = `${written} of ${className} names no agent: expected one or more classes.`;
    return [faultOf(definition, 'dependency-type-mismatch', { message, hint: 'Write firstOf(Primary, Archive).' })];
  }
  const perItem = agents.find(runsPerItem);
  const takesAll = isEach(dependency);
  if (takesAll && perItem === undefined && typeof agents[0] === 'function') {
    const [{ name }] = agents as readonly [AgentClass];
    return [
      faultOf(definition, 'dependency-type-mismatch', {
        message: `${className} depends on ${written}, but ${name} has no @ForEach: it runs once and gives one output, not an array.`,
        hint: `Write @DependsOn(${name}) above ${className}, or @ForEach(…, { items, max }) above ${name}.`,
      }),
    ];
  }
  if (takesAll || perItem === undefined) return [];
  const { name } = perItem;
  return [
    faultOf(definition, 'dependency-type-mismatch', {
      message: `${className} depends on ${written}, but ${name} has @ForEach: it runs once per item and gives an array.`,
      hint: hintFor(dependency, name, className),
    }),
  ];
}

function hintFor(dependency: Dependency, name: string, className: string): string {
  const output = `readonly OutputOf<typeof ${name}>[]`;
  if (typeof dependency === 'function')
    return `Write @DependsOn(each(${name})) above ${className}; run() then takes ${output}.`;
  if (dependency.kind === 'optional') return `Write optional(each(${name})); run() then takes ${output} | undefined.`;
  return `Put an agent between them that has @DependsOn(each(${name})), and depend on that one.`;
}

const takesArray = (definition: AgentDefinition, decorator: string, { name }: AgentClass): Fault =>
  faultOf(definition, 'dependency-type-mismatch', {
    message: `${decorator}(${name}, …) of ${definition.className} asks for one output, but ${name} has @ForEach: it gives an array.`,
    hint: `Put an agent between them that has @DependsOn(each(${name})), and write ${decorator} of that one.`,
  });

const runsPerItem = (agent: AgentClass): boolean => typeof agent === 'function' && forEachKey.read(agent) !== undefined;
