import { isHousekeeping } from './housekeeping.js';
import type { SourceDocument } from './source-document.js';
import { termsOf } from './terms.js';

/** A paragraph that a search found. */
export interface Passage {
  readonly document: string;
  readonly title: string;
  /** The heading that it stands under. */
  readonly heading: string;
  readonly text: string;
}

interface Entry extends Passage {
  readonly terms: ReadonlyMap<string, number>;
  readonly length: number;
  /** Less for a changelog: it names everything and explains nothing. */
  readonly weight: number;
}

/** A passage has to hold this share of what a query asks, where rare words weigh more. */
const leastCoverage = 0.4;
/** And it must be worth this share of the best one. */
const leastScore = 0.4;
const longestPassage = 2_000;

/** Full-text search over the documents of each run, by BM25. */
export class PassageIndex {
  readonly #byRun = new Map<string, readonly Entry[]>();

  /** Indexes the documents of a run. Doing it again changes nothing. */
  open(runId: string, documents: readonly SourceDocument[]): void {
    if (!this.#byRun.has(runId))
      this.#byRun.set(
        runId,
        documents.flatMap((document) => [...passagesOf(document)]),
      );
  }

  close(runId: string): void {
    this.#byRun.delete(runId);
  }

  /** The passages that speak of a query, best first. */
  search(runId: string, query: string, limit = 8): readonly Passage[] {
    const entries = this.#byRun.get(runId) ?? [];
    const asked = [...new Set(termsOf(query))];
    const weights = new Map(asked.map((term) => [term, rarity(term, entries)]));
    const whole = [...weights.values()].reduce((sum, weight) => sum + weight, 0);
    const average = entries.reduce((sum, { length }) => sum + length, 0) / Math.max(1, entries.length);
    const found = entries
      .map((entry, index) => ({ entry, index, ...scoreOf(entry, weights, average) }))
      .filter(({ covered }) => covered > 0 && covered >= whole * leastCoverage)
      .sort((a, b) => b.score - a.score || a.index - b.index);
    return found
      .filter(({ score }) => score >= leastScore * (found[0]?.score ?? 0))
      .slice(0, limit)
      .map(({ entry: { document, title, heading, text } }) => ({ document, title, heading, text }));
  }
}

function scoreOf({ terms, length, weight }: Entry, weights: ReadonlyMap<string, number>, average: number) {
  let score = 0;
  let covered = 0;
  for (const [term, rare] of weights) {
    const count = terms.get(term) ?? 0;
    if (count === 0) continue;
    covered += rare;
    score += (rare * count * 2.2) / (count + 1.2 * (0.25 + (0.75 * length) / average));
  }
  return { score: score * (covered + 0.1) * weight, covered };
}

function rarity(term: string, entries: readonly Entry[]): number {
  let count = 0;
  for (const { terms } of entries) if (terms.has(term)) count += 1;
  return Math.log(1 + (entries.length - count + 0.5) / (count + 0.5));
}

/** The paragraphs of a document; the headings above count as words of each, but are no text of it. */
function* passagesOf({ path, title, text }: SourceDocument): Iterable<Entry> {
  const above: string[] = [title];
  for (const block of text.replace(/^(```|~~~)[\s\S]*?^\1.*$/gm, '').split(/\n\s*\n/)) {
    const lines = block.split('\n');
    while (lines[0] !== undefined && /^#{1,6}\s/.test(lines[0])) {
      const [mark = '', ...words] = (lines.shift() as string).split(/\s+/);
      above.length = Math.min(above.length, mark.length);
      above.push(words.join(' '));
    }
    const body = lines.join('\n').trim();
    if (body === '') continue;
    for (let start = 0; start < body.length; start += longestPassage) {
      const piece = body.slice(start, start + longestPassage);
      const words = termsOf(`${above.join(' ')} ${piece}`);
      const terms = new Map<string, number>();
      for (const word of words) terms.set(word, (terms.get(word) ?? 0) + 1);
      yield {
        document: path,
        title,
        heading: above.at(-1) ?? title,
        text: piece,
        terms,
        length: words.length,
        weight: isHousekeeping(path) ? 0.3 : 1,
      };
    }
  }
}
