import type { AgentDefinition } from '../metadata/agent-definition.js';
import type { Dependency, EachDependency } from '../metadata/dependency.js';

/** What an agent's `run()` takes besides the item of a `@ForEach` and the context. */
export const declaredInputs = ({ forEach, dependsOn }: AgentDefinition): readonly Dependency[] =>
  forEach?.dependsOn ?? dependsOn;

/** How many arguments `run()` gets before the context: the item and the inputs, or the run's input where there is neither. */
export function inputCount(definition: AgentDefinition): number {
  const inputs = declaredInputs(definition).length + (definition.forEach === undefined ? 0 : 1);
  return inputs === 0 ? 1 : inputs;
}

/** A dependency as it is written: `optional(Draft)`. */
export function declaredDependency(dependency: Dependency): string {
  if (typeof dependency === 'function') return dependency.name;
  if (typeof dependency !== 'object' || dependency === null) return String(dependency);
  if (dependency.kind === 'first-of') return `firstOf(${dependency.agents.map((agent) => agent?.name).join(', ')})`;
  if (dependency.kind === 'optional') return `optional(${declaredDependency(dependency.dependency)})`;
  const { name } = dependency.agent ?? {};
  return dependency.mayFail ? `each(optional(${name}))` : `each(${name})`;
}

/** The `run()` that fits what an agent declares, as code: `run(researcher: OutputOf<typeof Researcher>, ctx: RunContext)`. */
export function expectedRun(definition: AgentDefinition): string {
  const { forEach } = definition;
  const parameters = declaredInputs(definition).map(parameter);
  if (forEach !== undefined) parameters.unshift('item: …');
  else if (parameters.length === 0) parameters.push('input: …');
  return `run(${unique(parameters).join(', ')}, ctx: RunContext)`;
}

function parameter(dependency: Dependency): string {
  if (typeof dependency === 'function') return `${camelCase(dependency.name)}: ${outputOf(dependency)}`;
  if (typeof dependency !== 'object' || dependency === null) return 'unknown: unknown';
  switch (dependency.kind) {
    case 'first-of':
      return `${camelCase(dependency.agents[0]?.name)}: ${[...new Set(dependency.agents.map(outputOf))].join(' | ')}`;
    case 'optional':
      return `${parameter(dependency.dependency)} | undefined`;
    case 'each':
      return `${camelCase(dependency.agent?.name)}s: ${arrayOf(dependency)}`;
  }
}

/** The type of the array that `each` gives. */
export function arrayOf({ agent, mayFail }: EachDependency): string {
  return mayFail ? `readonly (${outputOf(agent)} | null)[]` : `readonly ${outputOf(agent)}[]`;
}

const outputOf = (agent: { readonly name: string } | undefined): string => `OutputOf<typeof ${agent?.name ?? '…'}>`;

const camelCase = (name = 'input'): string => name.charAt(0).toLowerCase() + name.slice(1);

/** Parameters of one name get a number, so that the code compiles. */
function unique(parameters: readonly string[]): readonly string[] {
  const seen = new Map<string, number>();
  return parameters.map((text) => {
    const [name = ''] = text.split(':', 1);
    const count = (seen.get(name) ?? 0) + 1;
    seen.set(name, count);
    return count === 1 ? text : `${name}${count}${text.slice(name.length)}`;
  });
}
