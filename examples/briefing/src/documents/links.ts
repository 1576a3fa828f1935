import { posix } from 'node:path';

/** The documents that a document links to: each once, itself not counted. */
export function linksOf(path: string, text: string, known: ReadonlySet<string>): ReadonlySet<string> {
  const found = new Set<string>();
  for (const [, inline, reference] of text.matchAll(/\]\(\s*<?([^)\s>#?]+)|^\[[^\]]+\]:\s*<?([^\s>#?]+)/gm)) {
    const target = resolved(path, (inline ?? reference) as string, known);
    if (target !== undefined && target !== path) found.add(target);
  }
  return found;
}

/** Sites leave `.md` and `index.md` out of their links. */
function resolved(path: string, link: string, known: ReadonlySet<string>): string | undefined {
  if (/^[a-z][\w+.-]*:/i.test(link)) return undefined;
  const base = link.startsWith('/') ? link.slice(1) : posix.join(posix.dirname(path), decoded(link));
  const plain = base.replace(/\/$/, '');
  return [plain, `${plain}.md`, `${plain}/README.md`, `${plain}/index.md`, plain.replace(/\.html$/, '.md')].find((at) =>
    known.has(at),
  );
}

function decoded(link: string): string {
  try {
    return decodeURIComponent(link);
  } catch {
    return link;
  }
}
