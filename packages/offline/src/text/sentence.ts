import { type Block, readBlocks } from './markdown-blocks.js';
import { plainText } from './plain-text.js';
import { proseQuality } from './prose-quality.js';
import { sentenceRanges } from './sentence-ranges.js';

/** A heading of a text, with the one that it stands under. */
export interface Heading {
  readonly text: string;
  readonly level: number;
  readonly parent: Heading | undefined;
}

/** A sentence of prose and where it stands. */
export interface Sentence {
  /** As a person reads it: one line, no markup. */
  readonly text: string;
  /** Word for word as in the source: `source.slice(start, end)`. */
  readonly quote: string;
  readonly start: number;
  readonly end: number;
  readonly heading: Heading | undefined;
  readonly kind: 'paragraph' | 'item' | 'quote';
  /** 0 to 1: how well it stands alone. */
  readonly quality: number;
  /** False where the verbatim text holds links, HTML or quote marks that a reader would stumble over. */
  readonly quotable: boolean;
}

/** A longer "sentence" is no sentence: a log, a dump, minified text. */
const longest = 700;
const markup = /\]\(|\]\[|<\/?[a-z]|!\[|\n\s*>|\*\*|__|\[\^/i;

/** Reads the sentences of a Markdown or plain text, in order. */
export function readSentences(text: string, from = 0, to = text.length): readonly Sentence[] {
  const body = from === 0 && to === text.length ? text : text.slice(from, to);
  const sentences: Sentence[] = [];
  let heading: Heading | undefined;
  for (const block of readBlocks(body)) {
    if (block.kind === 'heading') heading = under(heading, plainText(body.slice(block.start, block.end)), block.level);
    else
      for (const range of sentenceRanges(body, block.start, block.end)) {
        const sentence = sentenceOf(body, block.kind, heading, range.start, range.end, from);
        if (sentence !== undefined) sentences.push(sentence);
      }
  }
  return sentences;
}

function sentenceOf(
  body: string,
  kind: Exclude<Block['kind'], 'heading'>,
  heading: Heading | undefined,
  start: number,
  end: number,
  offset: number,
): Sentence | undefined {
  if (end - start > longest) return undefined;
  const quote = body.slice(start, end);
  const text = plainText(quote);
  if (!/\p{L}{2}|[\u3040-\u30ff\u3400-\u9fff]/u.test(text)) return undefined;
  const quotable = !markup.test(quote);
  return {
    text,
    quote,
    start: start + offset,
    end: end + offset,
    heading,
    kind,
    quality: proseQuality(text),
    quotable,
  };
}

function under(last: Heading | undefined, text: string, level: number): Heading | undefined {
  let parent = last;
  while (parent !== undefined && parent.level >= level) parent = parent.parent;
  return text === '' ? parent : { text, level, parent };
}

/**
 * The sentences of a text, word for word: each is a slice of it. Headings, code, tables and HTML of Markdown are left out.
 *
 * @example
 * splitSentences('# Tides\n\nTides turn twice a day. See e.g. Fig. 2 for Brest.');
 * // ['Tides turn twice a day.', 'See e.g. Fig. 2 for Brest.']
 * @since 0.1.0
 */
export function splitSentences(text: string): readonly string[] {
  return readSentences(text).map((sentence) => sentence.quote);
}
