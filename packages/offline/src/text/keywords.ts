import { detectLanguage } from './language.js';
import { readSentences } from './sentence.js';
import { abbreviations } from './sentence-ranges.js';
import { Vocabulary, wordsOf } from './vocabulary.js';

/**
 * A word or a pair of words that a text speaks of.
 *
 * @since 0.1.0
 */
export interface Keyword {
  readonly text: string;
  /** 0 to 1, against the strongest. */
  readonly score: number;
}

/**
 * The words and pairs of words that a text speaks of most, strongest first.
 *
 * Pairs count where they recur; no word of a chosen pair is given again. Function words and numbers are left out, forms of one word
 * count together.
 *
 * @param text Markdown, an HTML page or plain text; only its prose is read
 * @param options.limit how many keywords are given at most. @default 10 @minimum 0
 * @example
 * const [first] = keywords('The tidal barrage stores water. A tidal barrage needs a tide.');
 * console.log(first?.text); // tidal barrage
 * @since 0.1.0
 */
export function keywords(text: string, options: { readonly limit?: number } = {}): readonly Keyword[] {
  const vocabulary = new Vocabulary(detectLanguage(text));
  return keywordsOf(
    readSentences(text).map((sentence) => sentence.text),
    vocabulary,
    options.limit ?? 10,
  );
}

/** {@link keywords} of sentences that are already read. */
export function keywordsOf(sentences: readonly string[], vocabulary: Vocabulary, limit: number): readonly Keyword[] {
  const singles = new Map<number, Counted>();
  const pairs = new Map<string, Counted>();
  for (const sentence of sentences) countPhrases(sentence, vocabulary, singles, pairs);
  const candidates = [
    ...[...singles.values()].map((entry) => ({ ...entry, worth: entry.count * (entry.named ? 1.3 : 1) })),
    ...[...pairs.values()].filter((entry) => entry.count > 1).map((entry) => ({ ...entry, worth: entry.count * 2.2 })),
  ].sort((left, right) => right.worth - left.worth || left.first - right.first);
  const picked: (typeof candidates)[number][] = [];
  for (const candidate of candidates) {
    if (picked.length >= limit) break;
    const covered = picked.some((other) => candidate.terms.some((term) => other.terms.includes(term)));
    if (!covered) picked.push(candidate);
  }
  const most = picked[0]?.worth ?? 1;
  return picked.map(({ text, worth }) => ({ text, score: Math.round((worth / most) * 100) / 100 }));
}

interface Counted {
  readonly text: string;
  readonly terms: readonly number[];
  readonly first: number;
  named: boolean;
  count: number;
}

function countPhrases(
  sentence: string,
  vocabulary: Vocabulary,
  singles: Map<number, Counted>,
  pairs: Map<string, Counted>,
): void {
  let last: { term: number; word: string; end: number } | undefined;
  let position = 0;
  for (const word of wordsOf(sentence)) {
    const start = sentence.indexOf(word, position);
    position = start + word.length;
    const term = vocabulary.term(word);
    const short = sentence[position] === '.' && abbreviations.has(word.toLowerCase());
    if (term < 0 || short || /^\d+$/.test(word)) {
      last = undefined;
      continue;
    }
    count(singles, term, word, [term], singles.size, start > 0 && /^\p{Lu}/u.test(word));
    if (last !== undefined && /^[ -]$/.test(sentence.slice(last.end, start)) && last.term !== term)
      count(
        pairs,
        `${last.term} ${term}`,
        `${last.word}${sentence.slice(last.end, start)}${word}`,
        [last.term, term],
        pairs.size,
        false,
      );
    last = { term, word, end: position };
  }
}

function count<K>(
  map: Map<K, Counted>,
  key: K,
  text: string,
  terms: readonly number[],
  first: number,
  named: boolean,
): void {
  const known = map.get(key);
  if (known === undefined) map.set(key, { text: named ? text : lowered(text), terms, first, named, count: 1 });
  else {
    known.count += 1;
    known.named &&= named;
  }
}

/** Without the capital of a sentence's first word; acronyms and camelCase stay. */
function lowered(text: string): string {
  return /^\p{Lu}\p{Ll}+(?:\s|$)/u.test(text) ? text.charAt(0).toLowerCase() + text.slice(1) : text;
}
