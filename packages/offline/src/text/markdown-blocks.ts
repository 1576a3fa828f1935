import type { Block } from './block.js';
import { frontMatterEnd } from './front-matter.js';
import { htmlBlocks } from './html-blocks.js';

const fence = /^\s*(`{3,}|~{3,})/;
const heading = /^ {0,3}(#{1,6})[ \t]+(.*?)[ \t]*#*[ \t]*$/;
const underline = /^ {0,3}(=+|-{2,})\s*$/;
const rule = /^ {0,3}([-*_])(?:[ \t]*\1){2,}\s*$/;
const html = /^\s{0,3}<(?:[a-z][\w-]*(?:[\s/>]|$)|\/[a-z]|!--|[?!])/i;
/** A line that begins with a word in a tag, such as `<b>Note</b>`, is prose. */
const inlineHtml = /^\s{0,3}<(?:a|b|i|em|strong|code|kbd|span|sub|sup|u|mark)\b[^<>]*>[^<]*\w/i;
const definition = /^ {0,3}\[[^\]]+\]:\s+\S/;
const footnote = /^ {0,3}\[\^[^\]]+\]:\s+/;
const tableRule = /^\s*\|?\s*:?-{2,}:?\s*(?:\|\s*:?-*:?\s*)*$/;
const moduleLine = /^(?:import\s.+\sfrom\s|export\s(?:default|const|\{))/;
const item = /^(\s*)(?:[-*+•]|\d{1,3}[.)])[ \t]+(?:\[[ xX]\][ \t]+)?/;
const quote = /^ {0,3}(?:>[ \t]?)+/;
const callout = /^\[!\w+\]\s*$/;
const indented = /^(?: {4}|\t)\s*(.*)$/;
const codeLine = /[;{}=]\s*$|^[$#>]\s|\w\(.*\)|=>|^<|::|^(?:\/\/|\/\*)/;
/** Each line of a log stands for itself. */
const logLine = /^\[?\d{4}-\d{2}-\d{2}[T ]\d{2}:\d{2}/;
const codeInList = /^(?: {6}|\t\t).*(?:[;{}]|\)\s*=>.*)\s*$/;

/** A stretch of lines that is passed over, up to one that ends it. */
interface Skip {
  readonly ends: (line: string) => boolean;
  /** Whether the line that ends it belongs to it. */
  readonly whole: boolean;
  readonly quoted: boolean;
  /** Where HTML began, whose prose is read when it ends. */
  readonly html?: number;
  readonly table?: true;
}

const blank = (line: string): boolean => line.trim() === '';

/**
 * Where the prose of a Markdown or plain text is. Code, tables, rules, link definitions and front matter are left out; of HTML
 * within Markdown only headings and whole sentences are read.
 */
export function markdownBlocks(text: string): readonly Block[] {
  return new MarkdownReader(text).read();
}

class MarkdownReader {
  private readonly blocks: Block[] = [];
  private open: { kind: Block['kind']; start: number; end: number; lines: number } | undefined;
  private skip: Skip | undefined;
  private afterBlank = true;
  private inList = false;
  private inCode = false;
  private quoted = false;

  constructor(private readonly text: string) {}

  read(): readonly Block[] {
    let start = frontMatterEnd(this.text);
    while (start < this.text.length) {
      const end = this.endOfLine(start);
      this.line(this.text.slice(start, end).replace(/\r$/, ''), start, this.peek(end + 1));
      start = end + 1;
    }
    this.endSkip(this.text.length);
    this.flush();
    return this.blocks;
  }

  private endOfLine(start: number): number {
    const newline = this.text.indexOf('\n', start);
    return newline === -1 ? this.text.length : newline;
  }

  private peek(start: number): string {
    return this.text.slice(start, Math.min(this.endOfLine(start), start + 200));
  }

  private line(whole: string, at: number, next: string): void {
    const mark = quote.exec(whole)?.[0] ?? '';
    const line = whole.slice(mark.length);
    const start = at + mark.length;
    if (this.skip !== undefined && this.passes(line, start, mark !== '')) return;
    if (this.quoted !== (mark !== '')) this.flush();
    this.quoted = mark !== '';
    if (blank(line)) {
      this.flush();
      this.afterBlank = true;
      return;
    }
    if (!this.drops(line, start, next.replace(quote, ''))) this.prose(line, start);
    this.afterBlank = false;
  }

  /** Whether the line belongs to what is being passed over. */
  private passes(line: string, at: number, quoted: boolean): boolean {
    const skip = this.skip as Skip;
    const left = skip.quoted && !quoted;
    if (!left && !skip.ends(line)) {
      if (skip.table === true) this.cells(line, at);
      return true;
    }
    const included = skip.whole && !left;
    this.endSkip(included ? at + line.length : at);
    return included;
  }

  private endSkip(end: number): void {
    const begin = this.skip?.html;
    this.skip = undefined;
    if (begin === undefined) return;
    for (const block of htmlBlocks(this.text, begin, end))
      if (block.kind === 'heading' || isWhole(this.text.slice(block.start, block.end))) this.blocks.push(block);
  }

  /** Lines that hold no prose: consumes them, and headings. */
  private drops(line: string, start: number, next: string): boolean {
    const mark = fence.exec(line)?.[1];
    if (mark !== undefined)
      return this.pass({ ends: (later) => later.trim().startsWith(mark), whole: true, quoted: this.quoted });
    const title = heading.exec(line);
    if (title !== null) return this.heading(start, line, title);
    if (this.open?.kind !== 'item' && this.open?.lines === 1 && underline.test(line)) return this.underlined(line);
    if (rule.test(line) || (definition.test(line) && !footnote.test(line)) || moduleLine.test(line)) return this.pass();
    if (html.test(line) && !inlineHtml.test(line)) return this.html(line, start);
    if (line.trimStart().startsWith('|') || (line.includes('|') && tableRule.test(next) && next.includes('-')))
      return this.pass({ ends: (later) => !later.includes('|'), whole: false, quoted: this.quoted, table: true });
    this.inCode = this.isCode(line);
    return this.inCode && this.pass();
  }

  private isCode(line: string): boolean {
    const code = indented.exec(line);
    if (code === null) return false;
    if (this.inCode) return true;
    if (!this.afterBlank) return false;
    return this.inList ? codeInList.test(line) : codeLine.test(code[1] as string);
  }

  /** Of tables, only the cells that hold whole sentences are prose. */
  private cells(line: string, start: number): void {
    for (const cell of line.matchAll(/(?:[^|\\`]|\\.|`[^`]*`|`)+/g)) {
      const text = cell[0].trim();
      const begin = start + cell.index + cell[0].indexOf(text);
      if (isWhole(text)) this.blocks.push({ kind: 'item', start: begin, end: begin + text.length, level: 0 });
    }
  }

  private html(line: string, start: number): true {
    const comment = line.trimStart().startsWith('<!--');
    if (comment && line.includes('-->')) return this.pass();
    const ends = comment ? (later: string) => later.includes('-->') : blank;
    return this.pass({ ends, whole: comment, quoted: this.quoted, ...(comment ? {} : { html: start }) });
  }

  private prose(line: string, start: number): void {
    const bullet = item.exec(line);
    if (bullet !== null) {
      this.flush();
      this.inList = true;
      this.extend('item', start + bullet[0].length, start + line.length);
      return;
    }
    if (this.quoted && callout.test(line)) return;
    const label = footnote.exec(line);
    if (label !== null || logLine.test(line)) this.flush();
    const indent = label?.[0].length ?? line.length - line.trimStart().length;
    if (this.afterBlank && indent < 2) this.inList = false;
    this.extend(this.quoted ? 'quote' : 'paragraph', start + indent, start + line.length);
  }

  private extend(kind: Block['kind'], start: number, end: number): void {
    if (this.open === undefined) this.open = { kind, start, end, lines: 1 };
    else {
      this.open.end = end;
      this.open.lines += 1;
    }
  }

  private heading(start: number, line: string, match: readonly string[]): true {
    this.flush();
    this.inList = false;
    const [, marks = '#', title = ''] = match;
    const begin = start + line.indexOf(title, line.indexOf(marks) + marks.length);
    if (title !== '')
      this.blocks.push({ kind: 'heading', start: begin, end: begin + title.length, level: marks.length });
    return true;
  }

  private underlined(line: string): true {
    const { start, end } = this.open as { start: number; end: number };
    this.open = undefined;
    this.blocks.push({ kind: 'heading', start, end, level: line.includes('=') ? 1 : 2 });
    return true;
  }

  private pass(skip?: Skip): true {
    this.flush();
    this.skip = skip;
    return true;
  }

  private flush(): void {
    if (this.open !== undefined)
      this.blocks.push({ kind: this.open.kind, start: this.open.start, end: this.open.end, level: 0 });
    this.open = undefined;
  }
}

/** A sentence, and no label of a link or badge. */
function isWhole(text: string): boolean {
  return /[.!?…]['"”’)]?$/.test(text) && text.replace(/<[^<>]*>/g, '').split(/\s+/).length >= 4;
}
