import type { Block } from './block.js';
import { readBlocks } from './blocks.js';
import { escapePattern } from './escape-pattern.js';
import { ornaments, plainText } from './plain-text.js';
import { isBoilerplate, proseQuality } from './prose-quality.js';
import { type Range, sentenceRanges } from './sentence-ranges.js';

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
  /** Installation, licence, thanks: said in every project's page. */
  readonly boilerplate: boolean;
  /** False where the verbatim text holds links, HTML or quote marks that a reader would stumble over, or only announces what follows. */
  readonly quotable: boolean;
}

/** A longer "sentence" is no sentence: a log, a dump, minified text. */
const longest = 700;
const markup = /\]\(|\]\[|\[`|<\/?[a-z]|!\[|\n\s*>|\*\*|__|\[\^|&(?:\w{2,8}|#\w{2,6});/i;
const emphasised = /^(\*{1,3}|_{1,3})(?=[^\s*_])([^*_]*[^\s*_])\1$/;

/** What stands in a text: its sentences, and its headings also where no sentence stands under them. Both in order. */
export interface Prose {
  readonly sentences: readonly Sentence[];
  readonly headings: readonly Heading[];
}

/** Reads a stretch of a Markdown, HTML or plain text. Offsets are those of the whole text. */
export function readProse(text: string, from = 0, to = text.length): Prose {
  const body = from === 0 && to === text.length ? text : text.slice(from, to);
  const shortcuts = shortcutsOf(body);
  const sentences: Sentence[] = [];
  const headings: Heading[] = [];
  let heading: Heading | undefined;
  for (const block of readBlocks(body)) {
    if (block.kind === 'heading') {
      heading = under(heading, headingText(body.slice(block.start, block.end)), block.level);
      if (heading !== undefined && heading !== headings.at(-1)) headings.push(heading);
    } else
      for (const range of sentenceRanges(body, block.start, block.end)) {
        const sentence = sentenceOf(body, block.kind, heading, range, shortcuts);
        if (sentence !== undefined)
          sentences.push({ ...sentence, start: sentence.start + from, end: sentence.end + from });
      }
  }
  return { sentences, headings };
}

/** The sentences of {@link readProse}. */
export function readSentences(text: string): readonly Sentence[] {
  return readProse(text).sentences;
}

function sentenceOf(
  body: string,
  kind: Exclude<Block['kind'], 'heading'>,
  heading: Heading | undefined,
  range: Range,
  shortcuts: RegExp | undefined,
): Sentence | undefined {
  if (range.end - range.start > longest) return undefined;
  const { start, end } = withoutEdges(body, range);
  const quote = body.slice(start, end);
  const linked = shortcuts === undefined ? quote : quote.replace(shortcuts, '$1');
  const text = plainText(linked);
  if (!/\p{L}{2}|[\u3040-\u30ff\u3400-\u9fff]/u.test(text)) return undefined;
  const quotable = linked === quote && !markup.test(quote) && !/[:：]$/.test(text);
  return {
    text,
    quote,
    start,
    end,
    heading,
    kind,
    quality: proseQuality(text),
    boilerplate: isBoilerplate(text),
    quotable,
  };
}

/** Without pictures in front and emphasis around the whole. */
function withoutEdges(body: string, { start, end }: Range): Range {
  const begin = start + (ornaments.exec(body.slice(start, end))?.[0].length ?? 0);
  const mark = emphasised.exec(body.slice(begin, end))?.[1]?.length ?? 0;
  return { start: begin + mark, end: end - mark };
}

/** Matches `[name]` where the text defines a link of that name. */
function shortcutsOf(text: string): RegExp | undefined {
  const names = new Set<string>();
  for (const match of text.matchAll(/^ {0,3}\[([^\]^\n][^\]\n]{0,80})\]:/gm)) {
    names.add(match[1] as string);
    if (names.size === 500) break;
  }
  if (names.size === 0) return undefined;
  const alternatives = [...names].map(escapePattern).join('|');
  return new RegExp(`(?<!\\])\\[(${alternatives})\\](?![(\\[:])`, 'gi');
}

function headingText(markup: string): string {
  return plainText(markup.slice(0, 300));
}

function under(last: Heading | undefined, text: string, level: number): Heading | undefined {
  let parent = last;
  while (parent !== undefined && parent.level >= level) parent = parent.parent;
  return text === '' ? parent : { text, level, parent };
}

/**
 * The sentences of a text, word for word and in order: each is a slice of it.
 *
 * Headings, code, scripts and navigation are left out, and so is what is no sentence: more than 700 characters without an end, or no
 * two letters. Abbreviations, initials, versions and dates end no sentence.
 *
 * @param text Markdown, an HTML page or plain text
 * @example
 * console.log(splitSentences('# Tides\n\nTides turn twice a day. See e.g. Fig. 2 for Brest.'));
 * // [ 'Tides turn twice a day.', 'See e.g. Fig. 2 for Brest.' ]
 * @since 0.1.0
 */
export function splitSentences(text: string): readonly string[] {
  return readSentences(text).map((sentence) => sentence.quote);
}
