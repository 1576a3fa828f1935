import { queryOf } from '../reading/question.js';
import { detectLanguage } from '../text/language.js';
import { type Heading, readSentences } from '../text/sentence.js';
import { Vocabulary } from '../text/vocabulary.js';
import { pickDiverse } from './diversity.js';
import { type Scorable, scoreSentences } from './score-sentences.js';

/**
 * Options of {@link rankSentences}.
 *
 * @since 0.1.0
 */
export interface RankOptions {
  /** What the sentences should be about: a question or some words. Without it, the most central ones come first. */
  readonly query?: string;
  /** How many sentences are given at most. @default 5 @minimum 0 */
  readonly limit?: number;
}

/**
 * A sentence that {@link rankSentences} chose.
 *
 * @since 0.1.0
 */
export interface RankedSentence {
  /** As a person reads it: without Markdown, on one line. */
  readonly text: string;
  /** Word for word as in the text. */
  readonly quote: string;
  /** Where the quote begins, in UTF-16 code units: `text.slice(start, end) === quote`. */
  readonly start: number;
  /** Where the quote ends, in UTF-16 code units. */
  readonly end: number;
  /** The heading that it stands under; none before the first heading. */
  readonly heading: string | undefined;
  /** 0 to 1, against the best of the text. */
  readonly score: number;
}

/** How many sentences are compared with each other: memory grows with the square. */
const compared = 600;

/**
 * The sentences of a Markdown, HTML or plain text that say most, best first and unlike each other: by BM25 to the query, by TextRank,
 * by where they stand and by how well they stand alone.
 *
 * Time is linear in the text, plus a bounded part for the 600 best sentences, which are compared with each other. It runs to its end
 * in one go: use {@link offline} for what has to be aborted.
 *
 * @param text Markdown, an HTML page or plain text, of any language and length
 * @returns at most `limit` sentences, best first; none when the text holds no prose
 * @example
 * const text = '# Tides\n\nTides follow the moon. Lunch is at noon. The moon raises two tides.';
 * const [best] = rankSentences(text, { query: 'When is lunch?', limit: 1 });
 * console.log(best?.text); // Lunch is at noon.
 * @see Robertson and Zaragoza, The Probabilistic Relevance Framework: BM25 and Beyond (2009)
 * @see Mihalcea and Tarau, TextRank: Bringing Order into Texts (2004)
 * @see Carbonell and Goldstein, The Use of MMR, Diversity-Based Reranking (1998)
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
