import type { DocumentDigest } from '../agents/digest.js';
import { locateQuote } from '../documents/locate-quote.js';
import { sentencesOf } from '../documents/sentences.js';
import type { SourceDocument } from '../documents/source-document.js';
import type { Briefing, Source } from './briefing.js';
import type { Citations } from './citations.js';

/**
 * Cites each sentence of the summary that stands in a document word for word; a full stop may be the summary's own.
 * A language model words a summary anew: such sentences stand without a number.
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
    const source = sourceOf(text, byPath.get(digest?.path ?? ''));
    return { text, citation: source === undefined ? null : citations.numberOf(source) };
  });
}

function sourceOf(text: string, document: SourceDocument | undefined): Source | undefined {
  if (document === undefined) return undefined;
  const quote = locateQuote(document, text) === undefined ? text.replace(/\.$/, '') : text;
  const place = locateQuote(document, quote);
  return place === undefined ? undefined : { ...place, quote };
}

const saidBy = ({ summary, points }: DocumentDigest, text: string): boolean =>
  summary.includes(text) || points.some(({ statement }) => statement.includes(text));
