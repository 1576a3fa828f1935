import { basename } from 'node:path';
import { Agent, DependsOn, each, optional, type RunContext } from '@espalier/core';
import type { Checked } from '../documents/check-quotes.js';
import { LeftOut } from '../documents/left-out.js';
import type { Place } from '../documents/locate-quote.js';
import { firstSentence } from '../documents/sentences.js';
import type { Briefing, BriefingPoint } from '../report/briefing.js';
import { Citations } from '../report/citations.js';
import { citeSummary } from '../report/cite-summary.js';
import { countWords } from '../report/words.js';
import { Answer } from './answer.js';
import { Digest, type DocumentDigest } from './digest.js';
import { KeyPoints } from './key-points.js';
import { type Documents, Library } from './library.js';
import { type OpenPoint, OpenPoints } from './open-points.js';
import { ReadingOrder, type Recommended } from './reading-order.js';
import type { BriefingRequest } from './request.js';
import { Summary } from './summary.js';

const mostToReadFirst = 5;
/** Key points that are left when those of the summary are taken out. */
const fewest = 3;

/**
 * Plain code: puts the briefing together and numbers its citations.
 * What may be skipped is optional: the answer when nothing is asked, summary and key points when nothing can be quoted.
 */
@Agent({ description: 'Puts the briefing together.' })
@DependsOn(Library, optional(Summary), optional(Answer), optional(KeyPoints), ReadingOrder, OpenPoints, each(Digest))
export class Editor {
  run(
    { documents }: Documents,
    summary: string | undefined,
    answer: Checked | undefined,
    keyPoints: Checked | undefined,
    order: readonly Recommended[],
    openPoints: readonly OpenPoint[],
    digests: readonly DocumentDigest[],
    ctx: RunContext<BriefingRequest>,
  ): Briefing {
    const titles = new Map(documents.map(({ path, title }) => [path, title]));
    const about = new Map(digests.map((digest) => [digest.path, firstSentence(digest.summary)]));
    const citations = new Citations();
    const cited = (statement: string, quote: string, place: Place): BriefingPoint => ({
      statement,
      title: titles.get(place.path) ?? place.path,
      citation: citations.numberOf({ ...place, quote }),
    });
    const claims = ({ right }: Checked) => right.map(({ statement, quote, place }) => cited(statement, quote, place));
    const told = citeSummary(summary ?? '', digests, documents, citations);
    return {
      title: titleOf(documents, order, ctx.input),
      summary: told,
      ...(answer === undefined ? {} : { answer: claims(answer) }),
      keyPoints: keyPoints === undefined ? [] : unsaid(claims(keyPoints), told),
      readFirst: documents.length < 3 ? [] : order.filter(({ why }) => why !== '').slice(0, mostToReadFirst),
      openPoints: openPoints.map(({ text, place }) => cited(text, text, place)),
      sources: citations.all(),
      documents: documents.map(({ path, title, text }) => ({
        path,
        title,
        words: countWords(text),
        about: about.get(path) ?? '',
      })),
      droppedQuotes: (keyPoints?.wrong.length ?? 0) + (answer?.wrong.length ?? 0),
      leftOut: ctx.state(LeftOut).read().items,
    };
  }
}

/** Without what the summary says already, unless hardly anything would be left. */
function unsaid(points: readonly BriefingPoint[], summary: Briefing['summary']): readonly BriefingPoint[] {
  const said = new Set(summary.map(({ citation }) => citation));
  const fresh = points.filter(({ citation }) => !said.has(citation));
  return fresh.length < fewest ? points : fresh;
}

/** The title of the front page, or of the only document; else the folder's name. */
function titleOf(
  documents: Documents['documents'],
  [first]: readonly Recommended[],
  { folder }: BriefingRequest,
): string {
  const named = documents.length === 1 || first?.why.startsWith('the front page') === true;
  return named && first !== undefined ? first.title : basename(folder);
}
