/** Text that was taken out of a file of another format, with the file's line for each line of text. */
export interface Extracted {
  readonly title: string | undefined;
  readonly text: string;
  readonly fileLines: readonly number[];
}

const hidden = new Set(['script', 'style', 'noscript', 'template', 'svg', 'head', 'nav', 'iframe', 'select', 'button']);
const blocks = new Set(
  'address article aside blockquote body br dd details div dl dt fieldset figure figcaption footer form h1 h2 h3 h4 h5 h6 header hr html li main ol p pre section summary table tbody td th thead tr ul'.split(
    ' ',
  ),
);
const entities: Readonly<Record<string, string>> = {
  amp: '&',
  lt: '<',
  gt: '>',
  quot: '"',
  apos: "'",
  nbsp: ' ',
  ndash: '–',
  mdash: '—',
  hellip: '…',
  lsquo: '‘',
  rsquo: '’',
  ldquo: '“',
  rdquo: '”',
  laquo: '«',
  raquo: '»',
  copy: '©',
  reg: '®',
  trade: '™',
  middot: '·',
  bull: '•',
  times: '×',
  deg: '°',
  euro: '€',
  sect: '§',
  shy: '',
  zwnj: '',
  zwj: '',
};

/** Bounded, and no `<` in a tag: a page of tags that never end is read once, not once for each of them. */
const token =
  /<!--[\s\S]*?(?:-->|$)|<!\[CDATA\[|<[!?][^<>]*>|<(\/?)([a-zA-Z][\w:-]*)((?:"[^"]{0,2000}"|'[^']{0,2000}'|[^<>"']){0,2000})>|[^<]+|</g;

/** The readable text of an HTML page, with headings and list items marked as in Markdown. */
export function htmlText(html: string): Extracted {
  const writer = new LineWriter();
  let line = 1;
  let skipping: { readonly tag: string; depth: number } | undefined;
  let inTitle = false;
  let title = '';
  for (const match of html.matchAll(token)) {
    const [whole, slash, name] = match;
    const tag = name?.toLowerCase();
    if (tag === 'title' && skipping?.tag !== 'svg') inTitle = slash === '';
    if (tag === undefined) {
      if (inTitle) title += whole;
      else if (skipping === undefined && !whole.startsWith('<!') && !whole.startsWith('<?')) writer.text(whole, line);
    } else if (skipping !== undefined) {
      if (tag === skipping.tag && !whole.endsWith('/>')) skipping.depth += slash === '' ? 1 : -1;
      if (skipping.depth === 0) skipping = undefined;
    } else if (hidden.has(tag) && slash === '' && !whole.endsWith('/>')) {
      skipping = { tag, depth: 1 };
    } else if (blocks.has(tag)) {
      writer.block(slash === '' ? markOf(tag) : '');
    }
    for (let at = whole.indexOf('\n'); at !== -1; at = whole.indexOf('\n', at + 1)) line += 1;
  }
  const named = decodeEntities(title).replace(/\s+/g, ' ').trim();
  return { title: named === '' ? undefined : named, ...writer.finish() };
}

function markOf(tag: string): string {
  const heading = /^h([1-6])$/.exec(tag);
  if (heading !== null) return `${'#'.repeat(Number(heading[1]))} `;
  return tag === 'li' ? '- ' : '';
}

/** Puts text into blocks, one line each, and remembers where each began. */
class LineWriter {
  readonly #lines: string[] = [];
  readonly #numbers: number[] = [];
  #current = '';
  #begun = false;
  #mark = '';
  #at = 0;

  text(raw: string, line: number): void {
    const text = decodeEntities(raw).replace(/\s+/g, ' ');
    if (text.trim() !== '' && !this.#begun) {
      this.#begun = true;
      const before = raw.slice(0, raw.length - raw.trimStart().length);
      this.#at = line + (before.match(/\n/g)?.length ?? 0);
    }
    this.#current += text;
  }

  block(mark: string): void {
    this.#flush();
    if (mark !== '') this.#mark = mark;
  }

  finish(): { readonly text: string; readonly fileLines: readonly number[] } {
    this.#flush();
    return { text: this.#lines.join('\n'), fileLines: this.#numbers };
  }

  #flush(): void {
    const text = this.#current.replace(/ {2,}/g, ' ').trim();
    this.#current = '';
    this.#begun = false;
    if (text === '') return;
    if (this.#lines.length > 0) this.#push('', this.#at);
    this.#push(this.#mark + text, this.#at);
    this.#mark = '';
  }

  #push(text: string, line: number): void {
    this.#lines.push(text);
    this.#numbers.push(line);
  }
}

function decodeEntities(text: string): string {
  return text.replace(/&(?:#(\d{1,7})|#x([\da-f]{1,6})|(\w{2,8}));/gi, (whole, decimal, hex, name) => {
    if (name !== undefined) return entities[name as string] ?? whole;
    const code = decimal === undefined ? Number.parseInt(hex as string, 16) : Number(decimal);
    return code >= 32 && code <= 0x10ffff && (code < 0xd800 || code > 0xdfff) ? String.fromCodePoint(code) : '';
  });
}
