import type { AgentClass } from '../metadata/agent-class.js';
import { type HandoffPass, handoffKey } from '../metadata/agent-metadata.js';
import { writeOnce } from './write-once.js';

export interface HandoffOptions {
  /** Most hand-offs in one call of the model, over all agents that get the conversation. @minimum 1 */
  readonly max: number;
  /**
   * What the other agent gets to read of the conversation. Must be pure.
   * @default all of it, tool calls and their results included
   * @example (conversation) => conversation.filter(({ role }) => role === 'user')
   */
  readonly pass?: HandoffPass;
}

/**
 * Lets the model pass the conversation on to one of these agents, which answers in its place with its own
 * instructions and tools, at most `max` times in one call.
 *
 * @param targets agent classes, then the options
 * @example
 * \@Agent({ instructions: 'Find out what the customer needs.' })
 * \@Handoff(Billing, Refunds, { max: 3 })
 * class Triage {}
 */
export function Handoff(
  ...targets: readonly [AgentClass, ...AgentClass[], HandoffOptions]
): (target: AgentClass) => void {
  const last = targets.at(-1) as HandoffOptions | AgentClass | undefined;
  // Plain JavaScript may leave the options out: the proof at boot then says what is missing.
  const bounded = typeof last === 'object' && last !== null;
  const declaration = Object.freeze({
    targets: Object.freeze((bounded ? targets.slice(0, -1) : targets) as AgentClass[]),
    max: (bounded ? last.max : undefined) as number,
    pass: bounded ? last.pass : undefined,
  });
  return (target) => writeOnce(handoffKey, target, declaration, '@Handoff');
}
