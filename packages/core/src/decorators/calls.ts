import type { Workflow } from '../graph/workflow.js';
import { callsKey } from '../metadata/agent-metadata.js';

/**
 * Declares which workflow the agent runs as a child by `ctx.call`, and how often in one attempt at the most. So child
 * runs are in the worst case of their parent, and no workflow calls itself without an end. Several may stand.
 *
 * @param options.max the most calls in one attempt; one more is an error. @minimum 1
 * @example
 * \@Agent()
 * \@Calls(translate, { max: 20 })
 * class Publish {
 *   run(text: string, ctx: RunContext) { return ctx.call(translate, text); }
 * }
 */
export function Calls(workflow: Workflow, options: { readonly max: number }): (target: object) => void {
  // Plain JavaScript may leave the options out: the proof at boot then says what is missing.
  const declaration = Object.freeze({ workflow, max: options?.max });
  return (target) => callsKey.write(target, Object.freeze([declaration, ...(callsKey.read(target) ?? [])]));
}
