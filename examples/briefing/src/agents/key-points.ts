import { Agent, DependsOn, Repeat, Retry, type RunContext, section, Timeout, When } from '@espalier/core';
import { Type } from 'class-transformer';
import { ArrayMaxSize, IsArray, IsString, MaxLength, ValidateNested } from 'class-validator';
import { type Checked, checkQuotes } from '../documents/check-quotes.js';
import { type Documents, Library } from './library.js';
import { Outline, type Outlined } from './outline.js';

export class CitedPoint {
  @IsString()
  @MaxLength(700)
  statement!: string;

  /** Path of the document. */
  @IsString()
  document!: string;

  @IsString()
  @MaxLength(1500)
  quote!: string;
}

export class KeyPointsDraft {
  @IsArray()
  @ArrayMaxSize(12)
  @ValidateNested({ each: true })
  @Type(() => CitedPoint)
  points!: CitedPoint[];
}

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
    const { wrong } = (ctx.previous as Checked | undefined) ?? { wrong: [] };
    const task = 'Give the 8 most important points of these documents, each with a quote.';
    const draft = await ctx.generate(
      KeyPointsDraft,
      [task, section('digests', digests), corrections(wrong)].join('\n\n'),
    );
    return checkQuotes(draft.points, documents);
  }
}

/** What the model is told about its last try. */
export function corrections(wrong: readonly CitedPoint[]): string {
  if (wrong.length === 0) return '';
  const list = wrong.map(({ document, quote }) => `- ${document}: ${JSON.stringify(quote)}`).join('\n');
  return `These quotes do not stand in their documents word for word. Copy them exactly, or leave them out:\n${list}`;
}
