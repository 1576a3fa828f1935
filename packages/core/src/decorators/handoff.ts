import type { AgentClass } from '../metadata/agent-class.js';
import { handoffKey } from '../metadata/agent-metadata.js';
import { writeOnce } from './write-once.js';

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
  const last = targets.at(-1) as { readonly max: number } | AgentClass | undefined;
  // Plain JavaScript may leave the options out: the proof at boot then says what is missing.
  const bounded = typeof last === 'object' && last !== null;
  const declaration = Object.freeze({
    targets: Object.freeze((bounded ? targets.slice(0, -1) : targets) as AgentClass[]),
    max: (bounded ? last.max : undefined) as number,
  });
  return (target) => writeOnce(handoffKey, target, declaration, '@Handoff');
}
