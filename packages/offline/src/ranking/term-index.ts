/** Weight of each term of a query. */
export type Query = ReadonlyMap<number, number>;

const k1 = 1.2;
const b = 0.75;

interface Posting {
  readonly document: number;
  readonly count: number;
}

/**
 * An inverted index over short documents, given as lists of term numbers, that scores by Okapi BM25.
 *
 * @see Robertson and Zaragoza, The Probabilistic Relevance Framework: BM25 and Beyond (2009)
 */
export class TermIndex {
  private readonly postings = new Map<number, Posting[]>();
  private readonly lengths: Float64Array;
  private readonly meanLength: number;

  constructor(readonly documents: readonly (readonly number[])[]) {
    this.lengths = Float64Array.from(documents, (terms) => terms.length);
    let total = 0;
    documents.forEach((terms, document) => {
      total += terms.length;
      for (const [term, count] of countTerms(terms)) {
        const list = this.postings.get(term);
        if (list === undefined) this.postings.set(term, [{ document, count }]);
        else list.push({ document, count });
      }
    });
    this.meanLength = documents.length === 0 ? 1 : Math.max(1, total / documents.length);
  }

  /** In how many documents a term stands. */
  frequency(term: number): number {
    return this.postings.get(term)?.length ?? 0;
  }

  /** How telling a term is: the rarer, the more. Above 0. */
  rarity(term: number): number {
    const frequency = this.frequency(term);
    return Math.log(1 + (this.documents.length - frequency + 0.5) / (frequency + 0.5));
  }

  /** The score of every document for a query. */
  score(query: Query): Float64Array {
    const scores = new Float64Array(this.documents.length);
    for (const [term, weight] of query) this.add(scores, term, weight);
    return scores;
  }

  /** Adds one term's part to scores. */
  add(scores: Float64Array | Float32Array, term: number, weight: number): void {
    const list = this.postings.get(term);
    if (list === undefined) return;
    const rarity = this.rarity(term) * weight;
    for (const { document, count } of list) {
      const norm = k1 * (1 - b + (b * (this.lengths[document] as number)) / this.meanLength);
      scores[document] = (scores[document] as number) + (rarity * count * (k1 + 1)) / (count + norm);
    }
  }
}

/** How often each term occurs. */
export function countTerms(terms: readonly number[]): Map<number, number> {
  const counts = new Map<number, number>();
  for (const term of terms) counts.set(term, (counts.get(term) ?? 0) + 1);
  return counts;
}
