import type { Language } from './language.js';

const ascii = /^[\p{ASCII}]*$/u;
const asciiWord = /[A-Za-z0-9]+(?:'[a-z]+)?/g;
const anyWord = /[\p{L}\p{M}\p{N}]+(?:['’]\p{L}+)?/gu;
const camel = /[a-z][A-Z]/;
const unspaced = /[\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff\u3040-\u30ff\u3400-\u9fff]/;
let segmenter: Intl.Segmenter | undefined;

/** The words of a text, as they stand. `kebab-case` counts as several; scripts without spaces are segmented. */
export function wordsOf(text: string): readonly string[] {
  const plain = ascii.test(text);
  const found = text.match(plain ? asciiWord : anyWord) ?? [];
  const words: string[] = [];
  for (const word of found) {
    if (!plain && unspaced.test(word)) {
      segmenter ??= new Intl.Segmenter(undefined, { granularity: 'word' });
      for (const part of segmenter.segment(word)) if (part.isWordLike === true) words.push(part.segment);
    } else words.push(word);
  }
  return words;
}

/** Numbers the terms of one request: words without case, function words and (in English) endings. */
export class Vocabulary {
  private readonly ids = new Map<string, number>();
  private readonly byStem = new Map<string, number>();

  constructor(readonly language: Language) {}

  /** Term numbers of the content words, in order, with repetitions. `camelCase` counts as a whole and as its parts. */
  terms(text: string): readonly number[] {
    const terms: number[] = [];
    const add = (word: string): void => {
      const term = this.term(word);
      if (term >= 0) terms.push(term);
    };
    for (const word of wordsOf(text)) {
      add(word);
      if (camel.test(word)) for (const part of word.split(/(?<=[a-z])(?=[A-Z])/)) if (part.length > 2) add(part);
    }
    return terms;
  }

  /** Number of one word's term; -1 for a function word. */
  term(word: string): number {
    const known = this.ids.get(word);
    if (known !== undefined) return known;
    const id = this.add(word);
    this.ids.set(word, id);
    return id;
  }

  private add(word: string): number {
    const lower = word.toLowerCase().replace(/['’]\p{L}+$/u, '');
    if (this.language.stopWords.has(lower) || (lower.length < 2 && !unspaced.test(lower))) return -1;
    const stem = this.language.stem(lower);
    const known = this.byStem.get(stem);
    if (known !== undefined) return known;
    const id = this.byStem.size;
    this.byStem.set(stem, id);
    return id;
  }
}
