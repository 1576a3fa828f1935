import { Agent, exponential, Fallback, ForEach, Retry, type RunContext, section, Timeout } from '@espalier/core';
import { Type } from 'class-transformer';
import { ArrayMaxSize, IsArray, IsString, MaxLength, ValidateNested } from 'class-validator';
import { locateQuote, type Place } from '../documents/locate-quote.js';
import type { SourceDocument } from '../documents/source-document.js';
import { Library } from './library.js';
import { OpeningLines } from './opening-lines.js';

/** A statement and where it is taken from. The quote stands at that place, word for word. */
interface Point {
  readonly statement: string;
  readonly quote: string;
  readonly place: Place;
}

/** What one document says. */
export interface DocumentDigest {
  readonly path: string;
  readonly title: string;
  readonly summary: string;
  readonly points: readonly Point[];
}

class DraftPoint {
  @IsString()
  @MaxLength(700)
  statement!: string;

  @IsString()
  @MaxLength(1500)
  quote!: string;
}

class DigestDraft {
  @IsString()
  @MaxLength(1500)
  summary!: string;

  @IsArray()
  @ArrayMaxSize(8)
  @ValidateNested({ each: true })
  @Type(() => DraftPoint)
  points!: DraftPoint[];
}

/** A model agent, once per document. A quote that does not stand in the document is dropped before anybody sees it. */
@Agent({
  description: 'Says what one document says.',
  instructions: `You make digests of documents for busy readers. Say only what the document says. A quote is copied from
the document word for word, as one piece.`,
  maxModelCalls: 3,
})
@ForEach(Library, { items: ({ documents }) => documents, max: 10_000 })
@Retry({ attempts: 3, backoff: exponential('500ms', { max: '10s' }) })
@Timeout('2m')
@Fallback(OpeningLines)
export class Digest {
  async run(document: SourceDocument, ctx: RunContext): Promise<DocumentDigest> {
    const { path, title, text } = document;
    const draft = await ctx.generate(
      DigestDraft,
      `Summarise this document in 2 sentences, and give its 4 most important points, each with a quote.

${section('document', text)}`,
    );
    const points = draft.points.flatMap((point): readonly Point[] => {
      const place = locateQuote(document, point.quote);
      return place === undefined ? [] : [{ ...point, place }];
    });
    if (draft.points.length > 0 && points.length === 0)
      throw new Error(`No quote of the digest of ${path} stands in it word for word.`);
    return { path, title, summary: draft.summary, points };
  }
}
