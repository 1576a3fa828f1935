import type { AgentClass } from '../metadata/agent-class.js';
import { repeatKey } from '../metadata/agent-metadata.js';

export interface RepeatOptions<Output> {
  /** True ends the loop; pure. */
  readonly until: (output: Output) => boolean;
  /** The most iterations. @minimum 1 */
  readonly max: number;
  /** What to do when `max` is reached first: fail the node, or go on with the last output. @default 'fail' */
  readonly otherwise?: 'fail' | 'keep-last';
}

/** A class whose `run()` gives this output. */
export type Gives<Output> =
  // biome-ignore lint/suspicious/noExplicitAny: only the result is looked at
  new (
    ...args: any[]
  ) => { run(...args: any[]): Output | Promise<Output> };

/**
 * Runs the agent again until its output will do, with the output before in `ctx.previous`. `max` is required: nothing
 * loops without a bound.
 *
 * @example
 * \@Agent({ instructions: 'You improve drafts.' })
 * \@Repeat({ until: (draft: Draft) => draft.score >= 8, max: 4 })
 * class Editor {
 *   run(topic: Topic, ctx: RunContext) { return ctx.generate(Draft, `Improve ${ctx.previous ?? topic.title}`); }
 * }
 */
export function Repeat<Output>(options: RepeatOptions<Output>): (target: Gives<Output>) => void {
  return (target) =>
    repeatKey.write(
      target as AgentClass,
      Object.freeze({
        until: options.until as (output: unknown) => boolean,
        max: options.max,
        otherwise: options.otherwise ?? 'fail',
      }),
    );
}
