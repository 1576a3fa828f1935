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
/** An entry of a reference: `- \`name\` what it does`. It says little about the whole. */
const entry = /^`[^`]+`/;

/**
 * Scores sentences from 0 to 1 by what is asked (BM25 of the sentence, of its headings and of its neighbours), by how central
 * they are (TextRank) and by how well they stand alone. Without a query, the beginnings of texts weigh more.
 *
 * @param limit how many sentences enter TextRank, whose cost is quadratic; the others are scored without it
 */
export function scoreSentences(items: readonly Scorable[], query: Query, limit: number): Float64Array {
  const asked = scoreByQuery(items, query);
  const lead = Float64Array.from(items, leadOf);
  const strength = Math.max(0, ...query.values());
  const follows = asked.some((value) => value > 0) ? 0.75 * strength : 0;
  // "Licensed under MIT." is a fine answer, to one question only.
  const quality = items.map(({ sentence }) => sentence.quality * (sentence.boilerplate ? 0.4 + 0.6 * follows : 1));
  const first = quality.map(
    (worth, index) => worth * (follows * (asked[index] as number) + (1 - follows) * (lead[index] as number)),
  );
  const central = rankBest(items, first, limit);
  return scaled(
    Float64Array.from(quality, (worth, index) => {
      const own =
        (0.5 * (central[index] as number) + 0.5 * (lead[index] as number)) *
        (entry.test(items[index]?.sentence.text ?? '') ? 0.6 : 1);
      return worth * (follows * (asked[index] as number) + (1 - follows) * own);
    }),
  );
}

/** How much a sentence says of the whole by where it stands: early, in a paragraph, not deep below headings. */
function leadOf({ sentence, place }: Scorable): number {
  const early = Math.exp(-place / 4) * (definition.test(sentence.text) ? 1 : 0.6);
  const level = sentence.heading?.level ?? 1;
  const shallow = level <= 2 ? 1 : level === 3 ? 0.7 : 0.4;
  const told = sentence.kind === 'item' ? 0.7 : 1;
  return 0.65 * early + 0.35 * shallow * told;
}

function scoreByQuery(items: readonly Scorable[], query: Query): Float64Array {
  if (query.size === 0) return new Float64Array(items.length);
  const index = new TermIndex(items.map((item) => item.terms));
  const own = index.score(expandQuery(query, index));
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
