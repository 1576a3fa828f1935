import { withoutMarkup } from './parse-document.js';
import type { SourceDocument } from './source-document.js';

/** Where a quote stands. */
export interface Place {
  readonly path: string;
  /** Line of the file, from 1. */
  readonly line: number;
  /** The heading above it. */
  readonly heading: string | undefined;
}

/**
 * Finds a quote in its document, word for word. Only spaces and line breaks may differ: text is wrapped where it
 * suits the source.
 * @returns where it begins, or nothing when it does not stand there
 */
export function locateQuote(document: SourceDocument, quote: string): Place | undefined {
  const at = indexOfQuote(document.text, quote);
  if (at === -1) return undefined;
  const before = document.text.slice(0, at);
  const line = countLines(before);
  return {
    path: document.path,
    line: document.fileLines?.[line - 1] ?? line,
    heading: headingAbove(before),
  };
}

function indexOfQuote(text: string, quote: string): number {
  const words = quote.trim().split(/\s+/);
  if (words[0] === undefined || words[0] === '') return -1;
  const exact = text.indexOf(quote.trim());
  if (exact !== -1 || words.length === 1) return exact;
  const pattern = words.map((word) => word.replace(/[\\^$.*+?()[\]{}|]/g, '\\$&')).join('\\s+');
  return text.search(new RegExp(pattern));
}

function countLines(before: string): number {
  let lines = 1;
  for (let at = before.indexOf('\n'); at !== -1; at = before.indexOf('\n', at + 1)) lines += 1;
  return lines;
}

/** The last heading before a place, leaving out `#` comments of code blocks. */
function headingAbove(before: string): string | undefined {
  let heading: string | undefined;
  let fence: string | undefined;
  let last = '';
  for (const line of withoutFrontMatter(before).split('\n')) {
    const mark = /^\s{0,3}(```+|~~~+)/.exec(line)?.[1];
    if (mark !== undefined) fence = fence === undefined ? mark.slice(0, 3) : mark.startsWith(fence) ? undefined : fence;
    if (fence === undefined) {
      const found =
        /^#{1,6}\s+(.+?)\s*#*$/.exec(line)?.[1] ??
        (/^(?:={3,}|-{3,})$/.test(line) && last.trim() !== '' ? last : undefined);
      if (found !== undefined && found.length < 200) heading = withoutMarkup(found) || heading;
    }
    last = line;
  }
  return heading;
}

const withoutFrontMatter = (text: string): string => text.replace(/^---\n[\s\S]*?\n---\n/, '');
