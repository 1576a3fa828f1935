import { posix } from 'node:path';

const markdownLink = /\]\(\s*<?([^)\s>#?]+)|^\[[^\]\n]{1,200}\]:\s*<?([^\s>#?]+)/gm;
const htmlLink = /\bhref\s*=\s*["']?([^"'\s>#?]+)/gi;

/** What a file links to within its folder, as it is written there; each target once. */
export function linksIn(content: string): readonly string[] {
  const found = [...content.matchAll(markdownLink), ...content.matchAll(htmlLink)].map(([, a, b]) => a ?? b ?? '');
  return [...new Set(found)].filter((link) => link !== '' && !/^(?:[a-z][\w+.-]*:|\/\/)/i.test(link));
}

/** The document that a link leads to. Sites leave `.md` and `index.md` out of their links. */
export function linkTarget(from: string, link: string, known: ReadonlySet<string>): string | undefined {
  const path = decoded(link);
  const plain = (path.startsWith('/') ? path.slice(1) : posix.join(posix.dirname(from), path)).replace(/\/$/, '');
  const readings = [plain, `${plain}.md`, `${plain}/README.md`, `${plain}/index.md`, plain.replace(/\.html$/, '.md')];
  return readings.find((reading) => known.has(reading));
}

function decoded(link: string): string {
  try {
    return decodeURIComponent(link);
  } catch {
    return link;
  }
}
