import type { Fault } from '../../errors/graph-error.js';
import type { AgentClass } from '../../metadata/agent-class.js';
import type { AgentDefinition } from '../../metadata/agent-definition.js';
import { agentsOf, type Dependency, isEach } from '../../metadata/dependency.js';
import { declaredInputs, expectedRun } from '../declared-code.js';
import { isClass } from '../is-class.js';
import { faultOf, type RuleInput } from './rule.js';

/**
 * What `run()` takes can be what its dependencies give, as far as `design:paramtypes` and `design:returntype` tell.
 *
 * TypeScript writes those only for methods that carry a decorator, knows no type behind a Promise, and may let one
 * class stand for another of the same shape. So only what can never fit is reported: text for a number, one value for
 * an array. The compiler checks the rest.
 */
export function runTypes({ graph }: RuleInput): Fault[] {
  const faults: Fault[] = [];
  for (const { definition } of graph.nodes) {
    if (!definition.hasRun) continue;
    const parameters = design('design:paramtypes', definition.agent) as readonly unknown[] | undefined;
    if (parameters === undefined) continue;
    const offset = definition.forEach === undefined ? 0 : 1;
    declaredInputs(definition).forEach((dependency, index) => {
      const wanted = kindOf(parameters[index + offset]);
      const clash = wanted === undefined ? undefined : clashing(dependency, wanted);
      if (clash !== undefined) faults.push(mismatch(definition, index + offset, wanted as Kind, clash));
    });
  }
  return faults;
}

type Kind = 'a string' | 'a number' | 'a boolean' | 'an array' | 'an object';

interface Clash {
  readonly agent: AgentClass;
  readonly gives: Kind;
}

/** The first agent of a dependency whose output can never be of this kind. */
function clashing(dependency: Dependency, wanted: Kind): Clash | undefined {
  const takesAll = isEach(dependency);
  for (const agent of agentsOf(dependency)) {
    if (!isClass(agent)) continue;
    const gives = takesAll ? 'an array' : outputKind(agent);
    if (gives !== undefined && gives !== wanted) return { agent, gives };
  }
  return undefined;
}

function mismatch(definition: AgentDefinition, argument: number, wanted: Kind, { agent, gives }: Clash): Fault {
  const fault = faultOf(definition, 'dependency-type-mismatch', {
    message: `${definition.className}.run takes ${wanted} as argument ${argument + 1}, but ${agent.name} gives ${gives}.`,
    hint: `Write ${expectedRun(definition)}.`,
    member: 'run',
  });
  return { ...fault, where: { ...fault.where, argument } };
}

/** An agent without `run` gives the model's text. */
function outputKind(agent: AgentClass): Kind | undefined {
  if (typeof (agent.prototype as { run?: unknown }).run !== 'function') return 'a string';
  return kindOf(design('design:returntype', agent));
}

const design = (key: string, agent: AgentClass): unknown => Reflect.getMetadata(key, agent.prototype as object, 'run');

const known = new Map<unknown, Kind | undefined>([
  [String, 'a string'],
  [Number, 'a number'],
  [Boolean, 'a boolean'],
  [Array, 'an array'],
  [Object, undefined],
  [Function, undefined],
]);

/** Nothing for what says nothing: `Object` stands for interfaces and unions, and a Promise or Observable for anything. */
function kindOf(type: unknown): Kind | undefined {
  if (typeof type !== 'function' || known.has(type)) return known.get(type);
  const prototype = type.prototype as { then?: unknown; subscribe?: unknown } | undefined;
  return prototype === undefined || prototype.then !== undefined || prototype.subscribe !== undefined
    ? undefined
    : 'an object';
}
