import { queryOf } from '../reading/question.js';
import { detectLanguage } from '../text/language.js';
import { type Heading, readSentences } from '../text/sentence.js';
import { Vocabulary } from '../text/vocabulary.js';
import { pickDiverse } from './diversity.js';
import { type Scorable, scoreSentences } from './score-sentences.js';

export interface RankOptions {
  /** What the sentences should be about. Without it, the most central ones come first. */
  readonly query?: string;
  /** How many are given at most. @default 5 @minimum 1 */
  readonly limit?: number;
}

/** A sentence that {@link rankSentences} chose. */
export interface RankedSentence {
  /** As a person reads it: without Markdown, on one line. */
  readonly text: string;
  /** Word for word as in the text. */
  readonly quote: string;
  /** Where the quote stands: `text.slice(start, end)`. */
  readonly start: number;
  readonly end: number;
  /** The heading that it stands under. */
  readonly heading: string | undefined;
  /** 0 to 1, against the best of the text. */
  readonly score: number;
}

/** How many sentences are compared with each other: memory grows with the square. */
const compared = 600;

/**
 * The sentences of a Markdown or plain text that say most, best first and unlike each other: by BM25 to the query, by TextRank and
 * by how well they stand alone.
 *
 * @example
 * rankSentences('# Tides\n\nTides follow the moon. Lunch is at noon. The moon raises two tides.', { query: 'moon', limit: 1 });
 * // [{ text: 'The moon raises two tides.', … }]
 * @since 0.1.0
 */
export function rankSentences(text: string, options: RankOptions = {}): readonly RankedSentence[] {
  const vocabulary = new Vocabulary(detectLanguage(text));
  const items = readSentences(text).map((sentence, place): Scorable => {
    return {
      sentence,
      place,
      passage: 0,
      terms: vocabulary.terms(sentence.text),
      context: contextOf(sentence.heading, vocabulary),
    };
  });
  const query = queryOf(options.query === undefined ? undefined : { text: options.query, strength: 1 }, vocabulary);
  const scores = scoreSentences(items, query, compared);
  const candidates = items.map((item, index) => ({ item, terms: item.terms, score: scores[index] as number }));
  candidates.sort((left, right) => right.score - left.score || left.item.place - right.item.place);
  const limit = options.limit ?? 5;
  return pickDiverse(candidates.slice(0, Math.max(compared, limit * 2)), limit).map(
    ({ item: { sentence }, score }) => ({
      text: sentence.text,
      quote: sentence.quote,
      start: sentence.start,
      end: sentence.end,
      heading: sentence.heading?.text,
      score: Math.round(score * 1000) / 1000,
    }),
  );
}

function contextOf(heading: Heading | undefined, vocabulary: Vocabulary): readonly number[] {
  return heading === undefined ? [] : [...vocabulary.terms(heading.text), ...contextOf(heading.parent, vocabulary)];
}
