/** Something that can be picked: how good it is, and its terms. */
export interface Candidate {
  readonly score: number;
  readonly terms: readonly number[];
}

/** Share of what counts that goes to the score; the rest goes to being unlike what is already picked. */
const relevance = 0.72;
const duplicate = 0.75;

/**
 * Picks up to `limit` candidates that are good and unlike each other, best first (maximal marginal relevance).
 * Near duplicates of a picked one are never picked. Equal ones are picked in their given order.
 *
 * @see Carbonell and Goldstein, The Use of MMR (1998)
 */
export function pickDiverse<C extends Candidate>(candidates: readonly C[], limit: number): readonly C[] {
  const pool = candidates.map((candidate) => ({ candidate, terms: new Set(candidate.terms), likeness: 0 }));
  const most = pool.reduce((largest, { candidate }) => Math.max(largest, candidate.score), 0) || 1;
  const picked: C[] = [];
  while (picked.length < limit) {
    let best: (typeof pool)[number] | undefined;
    let bestValue = Number.NEGATIVE_INFINITY;
    for (const entry of pool) {
      if (entry.likeness > duplicate) continue;
      const value = (relevance * entry.candidate.score) / most - (1 - relevance) * entry.likeness;
      if (value > bestValue) {
        best = entry;
        bestValue = value;
      }
    }
    if (best === undefined) break;
    picked.push(best.candidate);
    for (const entry of pool)
      entry.likeness = entry === best ? 2 : Math.max(entry.likeness, likeness(entry.terms, best.terms));
  }
  return picked;
}

/** Cosine of two sets of terms; close to 1 also when one of some length holds the other. */
function likeness(left: ReadonlySet<number>, right: ReadonlySet<number>): number {
  const [few, many] = left.size < right.size ? [left, right] : [right, left];
  let shared = 0;
  for (const term of few) if (many.has(term)) shared += 1;
  if (few.size === 0) return 0;
  const held = few.size >= 5 ? (0.85 * shared) / few.size : 0;
  return Math.max(held, shared / Math.sqrt(Math.max(3, few.size) * Math.max(3, many.size)));
}
