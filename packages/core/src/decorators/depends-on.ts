import type { RunContext } from '../context/run-context.js';
import { dependsOnKey } from '../metadata/agent-metadata.js';
import type { Dependency, DependencyOutputs } from '../metadata/dependency.js';
import { writeOnce } from './write-once.js';

/**
 * A class whose `run()`, if it has one, takes these inputs and then the context, for a run's input of any type.
 * Why `object`: see `AgentClass`.
 */
export type TakesInputs<Inputs extends readonly unknown[]> = new (
  // biome-ignore lint/suspicious/noExplicitAny: a decorator's target has a constructor of any shape
  ...args: any[]
) => object & { run?: (...args: [...Inputs, RunContext<never>]) => unknown };

/** What is wrong is a property's name: so the compiler says it in its first line. */
type Named<D> = D extends readonly [] ? { readonly '@DependsOn names no agent': never } : unknown;

/**
 * Makes the agent wait for others. `run()` takes their outputs in this order, then the context; the compiler checks it.
 *
 * @param dependencies agent classes, or {@link optional}, {@link firstOf} and {@link each} around them
 * @example
 * \@Agent()
 * \@DependsOn(Researcher, optional(FactChecker))
 * class Writer {
 *   run(findings: Findings, verdict: Verdict | undefined, ctx: RunContext) { … }
 * }
 */
export function DependsOn<D extends Dependency[]>(
  ...dependencies: D
): <T extends TakesInputs<DependencyOutputs<D>>>(target: T & Named<D>) => void {
  return (target) => writeOnce(dependsOnKey, target, Object.freeze([...dependencies]), '@DependsOn');
}
