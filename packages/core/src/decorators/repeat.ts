import type { Observable } from 'rxjs';
import { type PureContext, type RepeatDeclaration, repeatKey } from '../metadata/agent-metadata.js';
import { writeOnce } from './write-once.js';

export interface RepeatOptions<Output, Input = unknown> {
  /** True ends the loop; pure. The second argument has the run's input. */
  readonly until: (output: Output, ctx: PureContext<Input>) => boolean;
  /** The most iterations. @minimum 1 */
  readonly max: number;
  /** What to do when `max` is reached first: fail the node, or go on with the last output. @default 'fail' */
  readonly otherwise?: 'fail' | 'keep-last';
}

/** A class whose `run()` gives this output; text may also come from an agent without `run`. */
export type Gives<Output> = new (
  // biome-ignore lint/suspicious/noExplicitAny: a decorator's target has a constructor of any shape
  ...args: any[]
) => object & (string extends Output ? Partial<Runs<Output>> : Runs<Output>);

interface Runs<Output> {
  // biome-ignore lint/suspicious/noExplicitAny: only the result is looked at
  run(...args: any[]): Output | Promise<Output> | Observable<Output>;
}

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
export function Repeat<Output, Input = unknown>(
  options: RepeatOptions<Output, Input>,
): (target: Gives<Output>) => void {
  return (target) =>
    writeOnce(
      repeatKey,
      target,
      Object.freeze({
        until: options?.until as RepeatDeclaration['until'],
        max: options?.max,
        otherwise: options?.otherwise ?? 'fail',
      }),
      '@Repeat',
    );
}
