import type { DocumentDigest } from '../agents/digest.js';
import { locateQuote } from '../documents/locate-quote.js';
import { sentencesOf } from '../documents/sentences.js';
import type { SourceDocument } from '../documents/source-document.js';
import type { Briefing } from './briefing.js';
import type { Citations } from './citations.js';

/**
 * Cites each sentence of the summary that stands in a document word for word. A language model words a summary anew:
 * such sentences stand without a number.
 */
export function citeSummary(
  summary: string,
  digests: readonly DocumentDigest[],
  documents: readonly SourceDocument[],
  citations: Citations,
): Briefing['summary'] {
  const byPath = new Map(documents.map((document) => [document.path, document]));
  return sentencesOf(summary).map((text) => {
    const digest = digests.find((each) => saidBy(each, text));
    const document = byPath.get(digest?.path ?? '');
    const place = document === undefined ? undefined : locateQuote(document, text);
    return { text, citation: place === undefined ? null : citations.numberOf({ ...place, quote: text }) };
  });
}

const saidBy = ({ summary, points }: DocumentDigest, text: string): boolean =>
  summary.includes(text) || points.some(({ statement }) => statement.includes(text));
