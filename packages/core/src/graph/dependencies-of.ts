import type { AgentClass } from '../metadata/agent-class.js';
import type { AgentDefinition } from '../metadata/agent-definition.js';
import { agentsOf, type Dependency } from '../metadata/dependency.js';

/** What an agent waits for: its inputs, its conditions and the source of its items. */
export function dependenciesOf(definition: AgentDefinition): readonly AgentClass[] {
  const { dependsOn, conditions, forEach } = definition;
  if (conditions.length === 0 && forEach === undefined) return dependsOn.flatMap(agentsOf);
  return [
    ...(forEach === undefined ? [] : [forEach.source, ...forEach.dependsOn.flatMap(agentsOf)]),
    ...dependsOn.flatMap(agentsOf),
    ...conditions.map(({ source }) => source),
  ];
}

/** Where each of {@link dependenciesOf} is written: `argument 2 of @DependsOn`. */
export function placesOf({ dependsOn, conditions, forEach }: AgentDefinition): readonly string[] {
  const places = (list: readonly Dependency[], what: string): readonly string[] =>
    list.flatMap((dependency, index) => agentsOf(dependency).map(() => what.replace('#', String(index + 1))));
  return [
    ...(forEach === undefined
      ? []
      : ['argument 1 of @ForEach', ...places(forEach.dependsOn, 'item # of `dependsOn` in @ForEach')]),
    ...places(dependsOn, 'argument # of @DependsOn'),
    ...conditions.map(() => 'argument 1 of @When'),
  ];
}
