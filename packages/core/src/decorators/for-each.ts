import type { AgentClass, OutputOf } from '../metadata/agent-class.js';
import { type ForEachDeclaration, forEachKey, type PureContext } from '../metadata/agent-metadata.js';
import type { Dependency, DependencyOutputs } from '../metadata/dependency.js';
import type { TakesInputs } from './depends-on.js';
import { writeOnce } from './write-once.js';

export interface ForEachOptions<A extends AgentClass, Item, D extends readonly Dependency[], Input = unknown> {
  /** Which items of the source's output; pure. The second argument has the run's input. */
  readonly items: (output: OutputOf<A>, ctx: PureContext<Input>) => readonly Item[];
  /** How many items run at once. @default as many as the run has slots */
  readonly concurrency?: number;
  /** The most items that may come; more of them fail the node before any runs. @minimum 1 */
  readonly max: number;
  /** What each item's `run()` takes after the item. Instead of `@DependsOn`. */
  readonly dependsOn?: readonly [...D];
}

/**
 * Runs the agent once per item of another agent's output. `run()` takes the item, then the outputs of
 * `options.dependsOn`, then the context. Dependents take {@link each} of it: an array in item order.
 *
 * @example
 * \@Agent()
 * \@ForEach(Planner, { items: (plan) => plan.sections, concurrency: 4, max: 100 })
 * class Section {
 *   run(section: PlannedSection, ctx: RunContext) { return ctx.generate(`Write ${section.title}`); }
 * }
 */
export function ForEach<A extends AgentClass, Item, D extends Dependency[] = [], Input = unknown>(
  source: A,
  options: ForEachOptions<A, Item, D, Input>,
): <T extends TakesInputs<[Item, ...DependencyOutputs<D>]>>(target: T) => void {
  // Plain JavaScript may leave the options out: the proof at boot then says what is missing.
  const declaration = Object.freeze({
    source,
    items: options?.items as ForEachDeclaration['items'],
    concurrency: options?.concurrency,
    max: options?.max,
    dependsOn: Object.freeze([...(options?.dependsOn ?? [])]),
  });
  return (target) => writeOnce(forEachKey, target, declaration, '@ForEach');
}
