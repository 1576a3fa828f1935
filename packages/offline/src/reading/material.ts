import { type Scorable, scoreSentences } from '../ranking/score-sentences.js';
import type { Query } from '../ranking/term-index.js';
import { detectLanguage } from '../text/language.js';
import { type Heading, readProse, type Sentence } from '../text/sentence.js';
import { Vocabulary } from '../text/vocabulary.js';
import type { Pace } from './pace.js';
import { type Question, queryOf, subjectWords } from './question.js';
import { type Source, withChildren } from './source.js';
import { chooseWindows } from './windows.js';

/** Bounds of what one request reads. */
export interface Limits {
  /** Characters of source text that are read sentence by sentence. */
  readonly characters: number;
  /** Sentences that enter TextRank. */
  readonly sentences: number;
}

/** A sentence of the material, scored. */
export interface Fact extends Sentence {
  readonly source: Source;
  /** Its place in the whole material, from 0. */
  readonly order: number;
  readonly terms: readonly number[];
  readonly context: readonly number[];
  /** 0 to 1, against the best of the whole material. */
  readonly score: number;
}

/** All that a request gives to read, ranked by what it asks. */
export interface Material {
  readonly sources: readonly Source[];
  /** In the order of the input. */
  readonly facts: readonly Fact[];
  readonly question: Question | undefined;
  readonly query: Query;
  readonly vocabulary: Vocabulary;
  /** The outermost heading of a source's text, the first of them. */
  readonly titles: ReadonlyMap<Source, Heading>;
}

/** Whether a fact, or a heading above it, holds a word of the question. */
export function speaksOf(fact: Fact, { query }: Material): boolean {
  return fact.terms.some((term) => query.has(term)) || fact.context.some((term) => query.has(term));
}

interface Found {
  readonly source: Source;
  readonly passage: number;
  readonly place: number;
  readonly sentence: Sentence;
}

/** Reads and ranks sources. Gives way to the event loop on long ones. */
export async function gather(
  sources: readonly Source[],
  question: Question | undefined,
  limits: Limits,
  pace: Pace,
): Promise<Material> {
  const all = sources.flatMap((source) => [...withChildren(source)]);
  const passages = all.flatMap((source) => source.texts.map((text) => ({ source, text })));
  const sample = passages
    .slice(0, 20)
    .map(({ text }) => text.slice(0, 2000))
    .join('\n');
  const vocabulary = new Vocabulary(detectLanguage(`${sample}\n${question?.text ?? ''}`));
  const words = question === undefined ? [] : subjectWords(question.text, vocabulary);
  const shares = share(
    passages.map(({ text }) => text.length),
    limits.characters,
  );

  const titles = new Map<Source, Heading>();
  const found: Found[] = [];
  const places = new Map<Source, number>();
  for (const [passage, { source, text }] of passages.entries()) {
    const record = recordOf(source);
    let place = places.get(record) ?? 0;
    for (const window of chooseWindows(text, shares[passage] as number, words)) {
      const { sentences, headings } = readProse(text, window.start, window.end);
      for (const heading of headings) if (heading.level < (titles.get(source)?.level ?? 7)) titles.set(source, heading);
      for (const sentence of sentences) {
        found.push({ source, passage, place, sentence });
        place += 1;
      }
      await pace.spend(window.end - window.start);
    }
    places.set(record, place);
  }
  const query = withoutNames(queryOf(question, vocabulary), titles, vocabulary);
  const items = await scorable(found, titles, vocabulary, pace);
  const scores = scoreSentences(items, query, limits.sentences);
  await pace.spend(0);
  const facts = found.map((entry, order): Fact => {
    const { terms, context } = items[order] as Scorable;
    return { ...entry.sentence, source: entry.source, order, terms, context, score: scores[order] as number };
  });
  return { sources, facts, question, query, vocabulary, titles };
}

async function scorable(
  found: readonly Found[],
  titles: ReadonlyMap<Source, Heading>,
  vocabulary: Vocabulary,
  pace: Pace,
): Promise<readonly Scorable[]> {
  const contexts = new Map<Heading, readonly number[]>();
  const contextOf = (heading: Heading | undefined): readonly number[] => {
    if (heading === undefined) return [];
    const known = contexts.get(heading);
    if (known !== undefined) return known;
    const made = [...vocabulary.terms(heading.text), ...contextOf(heading.parent)];
    contexts.set(heading, made);
    return made;
  };
  const items: Scorable[] = [];
  for (const { source, passage, place, sentence } of found) {
    const title = sentence.heading === undefined ? vocabulary.terms(titles.get(source)?.text ?? '') : [];
    items.push({
      sentence,
      passage,
      place,
      terms: vocabulary.terms(sentence.text),
      context: [...contextOf(sentence.heading), ...title],
    });
    await pace.spend(sentence.text.length);
  }
  return items;
}

/** The outermost object that a source stands in: what comes first in it is its lead. */
function recordOf(source: Source): Source {
  let record = source;
  for (let at = source.parent; at !== undefined; at = at.parent) if (at.fields.size > 0) record = at;
  return record;
}

/** What most of the titles name is the subject of all the material, and tells its sentences apart no more. */
function withoutNames(query: Query, titles: ReadonlyMap<Source, Heading>, vocabulary: Vocabulary): Query {
  const named = [...titles.values()].map((title) => new Set(vocabulary.terms(title.text)));
  const common = (term: number): boolean =>
    named.length > 0 && named.filter((terms) => terms.has(term)).length * 2 >= named.length;
  const telling = [...query.keys()].filter((term) => !common(term));
  if (telling.length === 0) return query;
  return new Map([...query].map(([term, weight]) => [term, common(term) ? weight * 0.2 : weight]));
}

/** Shares a budget out: short texts whole, what they leave goes to the longer ones. */
function share(lengths: readonly number[], budget: number): readonly number[] {
  const shares = lengths.slice();
  const order = lengths
    .map((_, index) => index)
    .sort((left, right) => (lengths[left] as number) - (lengths[right] as number));
  let left = budget;
  order.forEach((index, done) => {
    shares[index] = Math.min(lengths[index] as number, Math.max(1, Math.floor(left / (order.length - done))));
    left -= shares[index] as number;
  });
  return shares;
}
