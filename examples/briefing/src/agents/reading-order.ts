import { Agent, DependsOn } from '@espalier/core';
import { isHousekeeping } from '../documents/housekeeping.js';
import { linkTarget } from '../documents/links.js';
import type { SourceDocument } from '../documents/source-document.js';
import { type Documents, Library } from './library.js';

/** One place of the order, and why it is there. */
export interface Recommended {
  readonly path: string;
  readonly title: string;
  readonly why: string;
}

const beginnings =
  /(?:^|[\W_])(?:getting[-_ ]?started|introduction|intro|overview|quick[-_ ]?start|tutorial|first[-_ ]?steps|basics|concepts|about|guide|why)\b/i;

/** Pages to look things up in: many link to them, and nobody reads them first. */
const lookedUp =
  /(?:^|[\W_])(?:reference|api|errors?|options|glossary|faq|troubleshooting|appendix|index[-_ ]of|benchmarks?|decisions?|adrs?)\b/i;

/** Plain code: the documents, most worth reading first, by the links between them and by their names. */
@Agent({ description: 'Puts the documents into an order of reading.' })
@DependsOn(Library)
export class ReadingOrder {
  run({ documents }: Documents): readonly Recommended[] {
    const linking = countLinks(documents);
    const top = Math.min(...documents.map(({ path }) => depthOf(path)));
    return documents
      .map((document, index) => ({ ...judge(document, linking.get(document.path) ?? 0, top), index }))
      .sort((a, b) => b.score - a.score || a.index - b.index)
      .map(({ path, title, why }) => ({ path, title, why }));
  }
}

/** How many other documents link to each. */
function countLinks(documents: readonly SourceDocument[]): ReadonlyMap<string, number> {
  const known = new Set(documents.map(({ path }) => path));
  const counts = new Map<string, number>();
  for (const { path, links } of documents) {
    const targets = new Set(links.map((link) => linkTarget(path, link, known)));
    targets.delete(path);
    for (const target of targets) if (target !== undefined) counts.set(target, (counts.get(target) ?? 0) + 1);
  }
  return counts;
}

function judge({ path, title, text }: SourceDocument, links: number, top: number) {
  const depth = depthOf(path) - top;
  const front = /(?:^|\/)(?:readme|index)\.\w+$/i.test(path);
  const first = front && depth === 0;
  const reasons = [
    ...(first ? ['the front page'] : front ? ['the front page of its folder'] : []),
    ...(beginnings.test(path) || beginnings.test(title) ? ['an introduction, by its name'] : []),
    ...(links > 0 ? [`${links} other ${links === 1 ? 'document links' : 'documents link'} to it`] : []),
  ];
  const score =
    (first ? 10 : front ? 3 : 0) +
    (beginnings.test(path) ? 4 : beginnings.test(title) ? 2 : 0) +
    Math.log2(1 + links) +
    Math.min(2, Math.log10(1 + text.length / 1000)) -
    0.7 * depth -
    (front || !lookedUp.test(path) ? 0 : 3) -
    (isHousekeeping(path) ? 20 : 0);
  return { path, title, why: reasons.join('; '), score };
}

const depthOf = (path: string): number => path.split('/').length - 1;
