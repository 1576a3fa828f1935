import type { Block } from './block.js';

const tag = /<(\/?)([a-z][\w-]*)[^<>]*>/iy;
/** Elements that stand within a sentence. */
const inline = new Set(
  'a abbr b bdi bdo cite code data del dfn em font i img ins kbd label mark q s samp small span strong sub sup time tt u var wbr'.split(
    ' ',
  ),
);
/** Elements that hold no prose of the page. */
const skipped = new Set(
  'script style pre svg math nav footer aside head form button select textarea iframe noscript template object table video audio canvas'.split(
    ' ',
  ),
);
/** White space and tags at the edge of a block: a sentence in `<strong>` is quoted without it. */
const opening = /^(?:\s+|<[^<>]*>)+/;
const closing = /(?:\s|<[^<>]*>)+$/;

/**
 * Where the prose of HTML is: the text of headings, paragraphs, list items and other blocks. Scripts, styles, navigation,
 * forms, tables and preformatted text are left out. Takes time linear in the text.
 */
export function htmlBlocks(text: string, from = 0, to = text.length): readonly Block[] {
  return new HtmlReader(text, to).read(from);
}

class HtmlReader {
  private readonly blocks: Block[] = [];
  private readonly unclosed = new Set<string>();
  private begin = 0;
  private kind: Block['kind'] = 'paragraph';
  private level = 0;

  constructor(
    private readonly text: string,
    private readonly to: number,
  ) {}

  read(from: number): readonly Block[] {
    this.begin = from;
    for (let at = this.next('<', from); at < this.to; at = this.next('<', at)) at = this.markup(at);
    this.flush(this.to);
    return this.blocks;
  }

  /** Reads what begins at `<`; gives where to go on. */
  private markup(at: number): number {
    if (this.text.startsWith('<!--', at)) {
      this.flush(at);
      this.begin = this.next('-->', at + 4) + 3;
      return this.begin;
    }
    tag.lastIndex = at;
    const [whole = '', close = '', given = ''] = tag.exec(this.text) ?? [];
    const name = given.toLowerCase();
    if (whole === '' || inline.has(name)) return at + Math.max(1, whole.length);
    this.flush(at);
    this.begin = at + whole.length;
    if (close === '' && skipped.has(name)) this.begin = this.endOf(name, this.begin);
    this.open(close === '' ? name : '');
    return this.begin;
  }

  private open(name: string): void {
    this.level = name === 'summary' ? 6 : Number(/^h([1-6])$/.exec(name)?.[1] ?? 0);
    if (this.level > 0) this.kind = 'heading';
    else if (name === 'li' || name === 'dd') this.kind = 'item';
    else this.kind = name === 'blockquote' ? 'quote' : 'paragraph';
  }

  /** Behind the end tag of an element that is passed over; one that is never closed is read. */
  private endOf(name: string, from: number): number {
    if (this.unclosed.has(name)) return from;
    const end = new RegExp(`</${name}[^<>]*>`, 'gi');
    end.lastIndex = from;
    const match = end.exec(this.text);
    if (match !== null && match.index < this.to) return match.index + match[0].length;
    this.unclosed.add(name);
    return from;
  }

  private next(mark: string, from: number): number {
    const at = this.text.indexOf(mark, from);
    return at === -1 ? this.to : at;
  }

  private flush(end: number): void {
    const slice = this.text.slice(this.begin, Math.min(end, this.to));
    const start = this.begin + (opening.exec(slice)?.[0].length ?? 0);
    const inner = this.text.slice(start, this.begin + slice.length);
    const stop = start + inner.length - (closing.exec(inner)?.[0].length ?? 0);
    if (stop > start) this.blocks.push({ kind: this.kind, start, end: stop, level: this.level });
  }
}
