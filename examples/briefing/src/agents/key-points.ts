import { Agent, DependsOn, Repeat, Retry, type RunContext, section, Timeout, When } from '@espalier/core';
import { type Checked, checkQuotes } from '../documents/check-quotes.js';
import { CitedPoints, corrections } from './cited-points.js';
import { type Documents, Library } from './library.js';
import { Outline, type Outlined } from './outline.js';

/** A model agent that is asked again until every quote stands in its source, word for word. */
@Agent({
  description: 'Chooses the key points, each with a quote.',
  instructions: `You choose what a busy reader must know. Each point is one plain statement with the path of its document
and a quote, copied from there word for word.`,
  maxModelCalls: 3,
})
@DependsOn(Outline, Library)
@When(Outline, ({ digests }) => digests.length > 0)
@Repeat({ until: (checked: Checked) => checked.wrong.length === 0, max: 3, otherwise: 'keep-last' })
@Retry(3)
@Timeout('2m')
export class KeyPoints {
  async run({ digests }: Outlined, { documents }: Documents, ctx: RunContext): Promise<Checked> {
    const before = ctx.previous as Checked | undefined;
    const task = 'Give the 8 most important points of these documents, each with a quote.';
    const draft = await ctx.generate(
      CitedPoints,
      [task, section('digests', digests), corrections(before?.wrong)].join('\n\n'),
    );
    return checkQuotes(draft.points, documents);
  }
}
