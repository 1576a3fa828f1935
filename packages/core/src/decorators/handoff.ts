import type { AgentClass } from '../metadata/agent-class.js';
import { handoffKey } from '../metadata/agent-metadata.js';

/**
 * Lets the model pass the conversation on to one of these agents, which answers in its place with its own
 * instructions and tools, at most `max` times in one call.
 *
 * @param targets agent classes, then `{ max }`
 * @example
 * \@Agent({ instructions: 'Find out what the customer needs.' })
 * \@Handoff(Billing, Refunds, { max: 3 })
 * class Triage {}
 */
export function Handoff(
  ...targets: readonly [AgentClass, ...AgentClass[], { readonly max: number }]
): (target: AgentClass) => void {
  const { max } = targets.at(-1) as { max: number };
  const declaration = Object.freeze({ targets: Object.freeze(targets.slice(0, -1) as AgentClass[]), max });
  return (target) => handoffKey.write(target, declaration);
}
