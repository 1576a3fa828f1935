import { TermIndex } from './term-index.js';

const damping = 0.85;
const rounds = 30;
const enough = 1e-4;
/** Share of its own weight from which a sentence is a copy of another. */
const alike = 0.7;

/**
 * How central each sentence is, from 0 to 1: a sentence counts for much when sentences that count for much resemble it.
 * Memory is quadratic in the number of sentences: the caller bounds it.
 *
 * @see Mihalcea and Tarau, TextRank (2004), with BM25 as similarity: Barrios et al. (2016)
 */
export function textRank(documents: readonly (readonly number[])[]): Float64Array {
  const size = documents.length;
  const ranks = new Float64Array(size).fill(1);
  if (size < 2) return ranks;
  const links = similarities(documents);
  let current = ranks;
  for (let round = 0; round < rounds; round += 1) {
    const next = new Float64Array(size).fill(1 - damping);
    for (let from = 0; from < size; from += 1) {
      const share = damping * (current[from] as number);
      const row = from * size;
      for (let to = 0; to < size; to += 1) next[to] = (next[to] as number) + share * (links[row + to] as number);
    }
    const moved = next.reduce((most, rank, index) => Math.max(most, Math.abs(rank - (current[index] as number))), 0);
    current = next;
    if (moved < enough) break;
  }
  return scaled(current);
}

/** Symmetric BM25 similarity as a matrix whose rows sum to 1. */
function similarities(documents: readonly (readonly number[])[]): Float32Array {
  const size = documents.length;
  const index = new TermIndex(documents);
  const one = new Float32Array(size * size);
  documents.forEach((terms, from) => {
    const row = one.subarray(from * size, (from + 1) * size);
    for (const term of new Set(terms)) if (index.frequency(term) > 1) index.add(row, term, 1);
  });
  const links = new Float32Array(size * size);
  for (let from = 0; from < size; from += 1) {
    let sum = 0;
    for (let to = 0; to < size; to += 1) {
      if (to === from) continue;
      if (isCopy(one, size, from, to)) continue;
      const weight = (one[from * size + to] as number) + (one[to * size + from] as number);
      links[from * size + to] = weight;
      sum += weight;
    }
    if (sum > 0)
      for (let to = 0; to < size; to += 1) links[from * size + to] = (links[from * size + to] as number) / sum;
  }
  return links;
}

/** Repeated sentences would vote for each other: they are no link. */
function isCopy(one: Float32Array, size: number, from: number, to: number): boolean {
  return (
    (one[from * size + to] as number) > alike * (one[from * size + from] as number) &&
    (one[to * size + from] as number) > alike * (one[to * size + to] as number)
  );
}

/** Numbers divided by the largest of them. All 0 when none is above 0. */
export function scaled(values: Float64Array): Float64Array {
  const most = values.reduce((largest, value) => Math.max(largest, value), 0);
  return most > 0 ? values.map((value) => value / most) : values;
}
