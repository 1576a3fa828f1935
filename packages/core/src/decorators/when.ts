import type { AgentClass, OutputOf } from '../metadata/agent-class.js';
import { type Condition, conditionsKey, type PureContext } from '../metadata/agent-metadata.js';

/**
 * Runs the agent only if the condition holds for another agent's output; otherwise it is skipped, and what needs it
 * is skipped too. Several stand for "and". The other agent's output is not an input of `run()`.
 *
 * @param predicate pure: it may be asked again when a run is resumed; its second argument has the run's input
 * @example
 * \@Agent()
 * \@When(Router, (route) => route === 'billing')
 * class Billing {}
 */
export function When<A extends AgentClass, Input = unknown>(
  source: A,
  predicate: (output: OutputOf<A>, ctx: PureContext<Input>) => boolean,
): (target: AgentClass) => void {
  return (target) =>
    conditionsKey.write(
      target,
      Object.freeze([
        { source, predicate: predicate as Condition['predicate'] },
        ...(conditionsKey.read(target) ?? []),
      ]),
    );
}
