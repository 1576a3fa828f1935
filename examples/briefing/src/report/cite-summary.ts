import type { DocumentDigest } from '../agents/digest.js';
import type { Briefing } from './briefing.js';
import type { Citations } from './citations.js';

/**
 * Cites each sentence of the summary that says in the same words what a point of a digest says. A language model words
 * a summary anew: those sentences stand without a number.
 */
export function citeSummary(
  summary: string,
  digests: readonly DocumentDigest[],
  citations: Citations,
): Briefing['summary'] {
  const points = new Map(
    digests.flatMap(({ points }) => points.map((point) => [comparable(point.statement), point] as const)),
  );
  return sentencesOf(summary).map((text) => {
    const point = points.get(comparable(text));
    return {
      text,
      citation: point === undefined ? null : citations.numberOf({ ...point.place, quote: point.quote }),
    };
  });
}

const comparable = (text: string): string =>
  text
    .toLowerCase()
    .replace(/[^\p{L}\p{N}]+/gu, ' ')
    .trim();

function sentencesOf(text: string): readonly string[] {
  const segmenter = new Intl.Segmenter('en', { granularity: 'sentence' });
  return [...segmenter.segment(text.replace(/\s+/g, ' '))]
    .map(({ segment }) => segment.trim())
    .filter((sentence) => sentence !== '');
}
