/** Weight of each term of a query. */
export type Query = ReadonlyMap<number, number>;

const k1 = 1.2;
const b = 0.75;

/**
 * An inverted index over short documents, given as lists of term numbers, that scores by Okapi BM25.
 *
 * @see Robertson and Zaragoza, The Probabilistic Relevance Framework: BM25 and Beyond (2009)
 */
export class TermIndex {
  /** For each term, by turns: a document, and how often the term stands in it. */
  private readonly postings = new Map<number, number[]>();
  private readonly lengths: Float64Array;
  private readonly meanLength: number;

  constructor(readonly documents: readonly (readonly number[])[]) {
    this.lengths = Float64Array.from(documents, (terms) => terms.length);
    documents.forEach((terms, document) => {
      for (const term of terms) this.note(term, document);
    });
    const total = this.lengths.reduce((sum, length) => sum + length, 0);
    this.meanLength = Math.max(1, total / Math.max(1, documents.length));
  }

  private note(term: number, document: number): void {
    const list = this.postings.get(term);
    if (list === undefined) this.postings.set(term, [document, 1]);
    else if (list.at(-2) === document) list[list.length - 1] = (list.at(-1) as number) + 1;
    else list.push(document, 1);
  }

  /** In how many documents a term stands. */
  frequency(term: number): number {
    return (this.postings.get(term)?.length ?? 0) / 2;
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
    for (let at = 0; at < list.length; at += 2) {
      const document = list[at] as number;
      const count = list[at + 1] as number;
      const norm = k1 * (1 - b + (b * (this.lengths[document] as number)) / this.meanLength);
      scores[document] = (scores[document] as number) + (rarity * count * (k1 + 1)) / (count + norm);
    }
  }
}
