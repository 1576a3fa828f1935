/** A stretch of prose in a Markdown or plain text, by offsets: the text between them is never changed. */
export interface Block {
  readonly kind: 'heading' | 'paragraph' | 'item' | 'quote';
  readonly start: number;
  readonly end: number;
  /** 1 to 6, for headings. */
  readonly level: number;
}

const fence = /^\s*(`{3,}|~{3,})/;
const heading = /^ {0,3}(#{1,6})[ \t]+(.*?)[ \t]*#*[ \t]*$/;
const htmlHeading = /<h([1-6])[^>]*>([^<]+)<\/h\1>/i;
const underline = /^ {0,3}(=+|-{2,})\s*$/;
const rule = /^ {0,3}([-*_])(?:[ \t]*\1){2,}\s*$/;
const html = /^\s{0,3}<(?:[a-z][\w-]*[\s/>]|\/[a-z]|!--|[?!])/i;
const definition = /^ {0,3}\[[^\]]+\]:\s+\S/;
const tableRule = /^\s*\|?\s*:?-{2,}:?\s*(?:\|\s*:?-*:?\s*)*$/;
const moduleLine = /^(?:import\s.+\sfrom\s|export\s(?:default|const|\{))/;
const item = /^(\s*)(?:[-*+•]|\d{1,3}[.)])[ \t]+(?:\[[ xX]\][ \t]+)?/;
const quote = /^ {0,3}>[ \t]?/;
const callout = /^\[!\w+\]\s*$/;
const indented = /^(?: {4}|\t)\s*(.*)$/;
const codeLine = /[;{}=]\s*$|^[$#>]\s|\w\(.*\)|=>|^<|::/;

/** Where the prose of a text is. Code, tables, HTML, rules, link definitions and front matter are left out. */
export function readBlocks(text: string): readonly Block[] {
  return new BlockReader(text).read();
}

class BlockReader {
  private readonly blocks: Block[] = [];
  private open: { kind: Block['kind']; start: number; end: number; lines: number } | undefined;
  private skipUntil: ((line: string) => boolean) | undefined;
  private afterBlank = true;
  private inList = false;

  constructor(private readonly text: string) {}

  read(): readonly Block[] {
    let start = frontMatterEnd(this.text);
    while (start < this.text.length) {
      const newline = this.text.indexOf('\n', start);
      const end = newline === -1 ? this.text.length : newline;
      this.line(this.text.slice(start, end), start, newline === -1 ? '' : this.peek(newline + 1));
      start = end + 1;
    }
    this.flush();
    return this.blocks;
  }

  private peek(start: number): string {
    const newline = this.text.indexOf('\n', start);
    return this.text.slice(start, Math.min(newline === -1 ? this.text.length : newline, start + 200));
  }

  private line(line: string, start: number, next: string): void {
    if (this.skipUntil !== undefined) {
      if (this.skipUntil(line)) this.skipUntil = undefined;
      else this.htmlHeading(line, start);
      return;
    }
    if (line.trim() === '') {
      this.flush();
      this.afterBlank = true;
      return;
    }
    if (!this.skips(line, start, next)) this.prose(line, start);
    this.afterBlank = false;
  }

  /** Lines that hold no prose: consumes them, and headings. */
  private skips(line: string, start: number, next: string): boolean {
    const opened = fence.exec(line);
    if (opened !== null) {
      const mark = opened[1] as string;
      return this.drop((later) => later.trim().startsWith(mark));
    }
    const title = heading.exec(line);
    if (title !== null)
      return this.heading(start + line.indexOf(title[2] as string, (title[1] as string).length), title);
    if (this.open?.kind === 'paragraph' && this.open.lines === 1 && underline.test(line)) return this.underlined(line);
    if (rule.test(line) || definition.test(line) || moduleLine.test(line)) return this.drop();
    if (html.test(line)) {
      this.htmlHeading(line, start);
      return this.drop(line.includes('<!--') && !line.includes('-->') ? (later) => later.includes('-->') : blank(next));
    }
    if (line.trimStart().startsWith('|') || (line.includes('|') && tableRule.test(next) && next.includes('-')))
      return this.drop(next.includes('|') ? (later) => !later.includes('|') : undefined);
    const code = this.afterBlank && !this.inList ? indented.exec(line) : null;
    return code !== null && codeLine.test(code[1] as string) ? this.drop() : false;
  }

  private prose(line: string, start: number): void {
    const bullet = item.exec(line);
    const quoted = quote.exec(line);
    if (bullet !== null) {
      this.flush();
      this.inList = true;
      this.extend('item', start + bullet[0].length, start + line.length);
    } else if (quoted !== null) {
      if (this.open?.kind !== 'quote') this.flush();
      if (!callout.test(line.slice(quoted[0].length)))
        this.extend('quote', start + quoted[0].length, start + line.length);
    } else {
      const indent = line.length - line.trimStart().length;
      if (this.afterBlank && indent < 2) this.inList = false;
      this.extend('paragraph', start + indent, start + line.length);
    }
  }

  private extend(kind: Block['kind'], start: number, end: number): void {
    if (this.open === undefined) this.open = { kind, start, end, lines: 1 };
    else {
      this.open.end = end;
      this.open.lines += 1;
    }
  }

  private heading(start: number, match: readonly string[]): true {
    this.flush();
    this.inList = false;
    const [, marks = '#', title = ''] = match;
    if (title !== '') this.blocks.push({ kind: 'heading', start, end: start + title.length, level: marks.length });
    return true;
  }

  private htmlHeading(line: string, start: number): void {
    const match = line.includes('<h') ? htmlHeading.exec(line) : null;
    if (match !== null)
      this.heading(start + line.indexOf(match[2] as string), ['', '#'.repeat(Number(match[1])), match[2] as string]);
  }

  private underlined(line: string): true {
    const { start, end } = this.open as { start: number; end: number };
    this.open = undefined;
    this.blocks.push({ kind: 'heading', start, end, level: line.includes('=') ? 1 : 2 });
    return true;
  }

  private drop(until?: (line: string) => boolean): true {
    this.flush();
    this.skipUntil = until;
    return true;
  }

  private flush(): void {
    if (this.open !== undefined)
      this.blocks.push({ kind: this.open.kind, start: this.open.start, end: this.open.end, level: 0 });
    this.open = undefined;
  }
}

/** HTML goes on until a blank line; if that follows at once, nothing more is skipped. */
function blank(next: string): ((line: string) => boolean) | undefined {
  return next.trim() === '' ? undefined : (line) => line.trim() === '';
}

/** Where the YAML between two `---` lines at the very start ends; 0 without it. */
export function frontMatterEnd(text: string): number {
  if (!/^---\r?\n/.test(text)) return 0;
  const close = /\n---[ \t]*(?:\r?\n|$)/.exec(text.slice(0, 10_000));
  return close === null ? 0 : close.index + close[0].length;
}
