import type { Sentence } from '../text/sentence.js';
import { expandQuery } from './expand-query.js';
import { type Query, TermIndex } from './term-index.js';
import { scaled, textRank } from './text-rank.js';

/** A sentence with what scoring needs to know of it. */
export interface Scorable {
  readonly sentence: Sentence;
  readonly terms: readonly number[];
  /** Terms of the headings above it and of its document's title. */
  readonly context: readonly number[];
  /** Number of the text that it stands in. */
  readonly passage: number;
  /** Its place among the sentences of its document, from 0. */
  readonly place: number;
}

const definition =
  /\b(?:is|are|provides?|lets?|allows?|helps?|enables?|describes?|defines?|explains?|offers?|turns?)\b/;

/**
 * Scores sentences from 0 to 1 by what is asked (BM25 of the sentence, of its headings and of its neighbours), by how central
 * they are (TextRank) and by how well they stand alone. Without a query, the beginnings of texts weigh more.
 *
 * @param limit how many sentences enter TextRank, whose cost is quadratic; the others are scored without it
 */
export function scoreSentences(items: readonly Scorable[], query: Query, limit: number): Float64Array {
  const asked = scoreByQuery(items, query);
  const lead = Float64Array.from(
    items,
    ({ sentence, place }) => Math.exp(-place / 4) * (definition.test(sentence.text) ? 1 : 0.6),
  );
  const strength = Math.max(0, ...query.values());
  const follows = asked.some((value) => value > 0) ? 0.75 * strength : 0;
  const first = items.map(
    ({ sentence }, index) =>
      sentence.quality * (follows * (asked[index] as number) + (1 - follows) * (lead[index] as number)),
  );
  const central = rankBest(items, first, limit);
  return scaled(
    Float64Array.from(items, ({ sentence }, index) => {
      const own = 0.6 * (central[index] as number) + 0.4 * (lead[index] as number);
      return sentence.quality * (follows * (asked[index] as number) + (1 - follows) * own);
    }),
  );
}

function scoreByQuery(items: readonly Scorable[], query: Query): Float64Array {
  if (query.size === 0) return new Float64Array(items.length);
  const terms = items.map((item) => item.terms);
  const own = new TermIndex(terms).score(expandQuery(query, terms));
  const above = new TermIndex(items.map((item) => item.context)).score(query);
  const most = Math.max(
    1e-9,
    own.reduce((largest, value) => Math.max(largest, value), 0),
  );
  const mostAbove = Math.max(
    1e-9,
    above.reduce((largest, value) => Math.max(largest, value), 0),
  );
  const near = (index: number, passage: number): number =>
    items[index]?.passage === passage ? (own[index] as number) / most : 0;
  return scaled(
    Float64Array.from(items, ({ passage }, index) => {
      const around = Math.max(near(index - 1, passage), near(index + 1, passage));
      return (own[index] as number) / most + (0.4 * (above[index] as number)) / mostAbove + 0.15 * around;
    }),
  );
}

/** TextRank among the best by a first score; 0 for the rest. */
function rankBest(items: readonly Scorable[], first: readonly number[], limit: number): Float64Array {
  const order = items.map((_, index) => index);
  if (order.length > limit)
    order.sort((left, right) => (first[right] as number) - (first[left] as number) || left - right);
  const chosen = order.slice(0, limit);
  const ranks = textRank(chosen.map((index) => (items[index] as Scorable).terms));
  const central = new Float64Array(items.length);
  chosen.forEach((index, position) => {
    central[index] = ranks[position] as number;
  });
  return central;
}
