import { basename } from 'node:path';
import { Agent, DependsOn, each, optional, type RunContext } from '@espalier/core';
import type { Checked } from '../documents/check-quotes.js';
import { LeftOut } from '../documents/left-out.js';
import type { Briefing, BriefingPoint } from '../report/briefing.js';
import { Citations } from '../report/citations.js';
import { citeSummary } from '../report/cite-summary.js';
import { Answer } from './answer.js';
import { Digest, type DocumentDigest } from './digest.js';
import { KeyPoints } from './key-points.js';
import { type Documents, Library } from './library.js';
import { type OpenPoint, OpenPoints } from './open-points.js';
import { ReadingOrder, type Recommended } from './reading-order.js';
import type { BriefingRequest } from './request.js';
import { Summary } from './summary.js';

/** Plain code: puts the briefing together and numbers its citations. The answer is optional: it may not be asked for. */
@Agent({ description: 'Puts the briefing together.' })
@DependsOn(Library, Summary, KeyPoints, optional(Answer), OpenPoints, ReadingOrder, each(Digest))
export class Editor {
  run(
    { documents }: Documents,
    summary: string,
    keyPoints: Checked,
    answer: Checked | undefined,
    openPoints: readonly OpenPoint[],
    order: readonly Recommended[],
    digests: readonly DocumentDigest[],
    ctx: RunContext,
  ): Briefing {
    const citations = new Citations();
    const pointsOf = ({ right }: Checked): readonly BriefingPoint[] =>
      right.map(({ statement, quote, place }) => ({ statement, citation: citations.numberOf({ ...place, quote }) }));
    const summaries = new Map(digests.map((digest) => [digest.path, digest]));
    return {
      title: titleOf(documents, (ctx.input as BriefingRequest).folder),
      summary: citeSummary(summary, digests, citations),
      ...(answer === undefined ? {} : { answer: pointsOf(answer) }),
      keyPoints: pointsOf(keyPoints),
      openPoints: openPoints.map(({ text, place }) => ({
        statement: text,
        citation: citations.numberOf({ ...place, quote: text }),
      })),
      readFirst: order
        .filter(({ why }) => why !== '')
        .slice(0, 5)
        .map((entry) => ({ ...entry, summary: summaries.get(entry.path)?.summary ?? '' })),
      sources: citations.all(),
      documents: documents.map(({ path, title, text }) => ({ path, title, words: text.split(/\s+/).length })),
      droppedQuotes: keyPoints.wrong.length + (answer?.wrong.length ?? 0),
      leftOut: ctx.state(LeftOut).read().items,
    };
  }
}

/** The title of the front page, or of the only document; else the folder's name. */
function titleOf(documents: Documents['documents'], folder: string): string {
  const front = documents.find(({ path }) => /^(?:readme|index)\.\w+$/i.test(path));
  const only = documents.length === 1 ? documents[0] : undefined;
  return (front ?? only)?.title ?? basename(folder);
}
