import { htmlText } from './html-text.js';
import { linksIn } from './links.js';
import { markdownText } from './markdown-text.js';
import type { SourceDocument } from './source-document.js';

/** Endings of the files that are documents. */
export const documentEndings = ['.md', '.markdown', '.mdx', '.txt', '.text', '.html', '.htm'] as const;

export const isDocument = (path: string): boolean =>
  documentEndings.some((ending) => path.toLowerCase().endsWith(ending));

/** A decoded file as a document: with a title, and HTML as text. */
export function parseDocument(path: string, content: string): SourceDocument {
  if (/\.html?$/i.test(path)) {
    const { title, text, fileLines } = htmlText(content);
    return {
      path,
      title: shortTitle(firstHeading(text) ?? title ?? nameOf(path)),
      text,
      links: linksIn(content),
      fileLines,
    };
  }
  const text = /\.te?xt$/i.test(path) ? content : markdownText(content);
  const title = frontMatterTitle(text) ?? firstHeading(text) ?? nameOf(path);
  return { path, title: shortTitle(title), text, links: linksIn(content) };
}

function frontMatterTitle(text: string): string | undefined {
  const matter = /^---\n([\s\S]{0,4000}?)\n---\n/.exec(text)?.[1];
  return matter === undefined ? undefined : /^title:\s*["']?(.+?)["']?\s*$/m.exec(matter)?.[1];
}

/** Headings of parts, which tell nothing of the whole. */
const partial =
  /^(?:about|api|background|contents?|description|docs|documentation|examples?|features|getting started|highlights|how to use.*|installation|installing|introduction|motivation|overview|quick ?start|setup|summary|table of contents|usage|what is .*|why .*)$/i;

/** The first heading of the outermost level; code blocks don't count. */
function firstHeading(text: string): string | undefined {
  const start = text.slice(0, 20_000).replace(/^(```|~~~)[\s\S]*?^\1/gm, '');
  const heading = /^# +(.+)$/m.exec(start)?.[1] ?? /^(\S.{0,150})\n={3,}\s*$/m.exec(start)?.[1];
  const whole = heading === undefined ? '' : withoutMarkup(heading);
  if (whole !== '') return whole;
  const part = withoutMarkup(/^## +(.+)$/m.exec(start)?.[1] ?? '');
  return part === '' || partial.test(part.replace(/^[^\p{L}\p{N}]+/u, '')) ? undefined : part;
}

/** A line of Markdown as a person reads it. */
export function withoutMarkup(text: string): string {
  return text
    .replace(/<[^>]*>/g, '')
    .replace(/!\[[^\]]*\]\([^)]*\)/g, '')
    .replace(/\[([^\]]*)\](?:\([^)]*\)|\[[^\]]*\])/g, '$1')
    .replace(/[*_]{2,}|`|\{#[^}]*\}|\s#+\s*$/g, '')
    .replace(/\s+/g, ' ')
    .trim();
}

/** `how-to/run_agents.md` → `Run agents`; a README is named after its folder. */
function nameOf(path: string): string {
  const parts = path.split('/');
  const last = (parts.pop() ?? path).replace(/\.\w+$/, '');
  const named = /^(?:readme|index)$/i.test(last) ? (parts.pop() ?? last) : last;
  const words = named.replace(/[-_]+/g, ' ').trim();
  return words === '' ? path : words.charAt(0).toUpperCase() + words.slice(1);
}

const shortTitle = (title: string): string => (title.length > 110 ? `${title.slice(0, 109).trimEnd()}…` : title);
