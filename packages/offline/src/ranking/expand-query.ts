import type { Query, TermIndex } from './term-index.js';

/** How many of the best documents are trusted, how many terms they add, and how much those weigh against the asked ones. */
const trusted = 6;
const added = 8;
const share = 0.25;

/**
 * A query with terms that recur in the documents which answer it best: who asks for "crash" also wants "journal", where the two stand
 * together (pseudo relevance feedback).
 */
export function expandQuery(query: Query, index: TermIndex): Query {
  if (query.size === 0) return query;
  const scores = index.score(query);
  const best = [...scores.keys()]
    .filter((document) => (scores[document] as number) > 0)
    .sort((left, right) => (scores[right] as number) - (scores[left] as number) || left - right);
  const found = new Map<number, number>();
  for (const document of best.slice(0, trusted))
    for (const term of new Set(index.documents[document]))
      if (!query.has(term)) found.set(term, (found.get(term) ?? 0) + 1);
  const strongest = [...found]
    .filter(([, count]) => count > 1)
    .map(([term, count]) => ({ term, worth: count * index.rarity(term) }))
    .sort((left, right) => right.worth - left.worth || left.term - right.term)
    .slice(0, added);
  const most = strongest[0]?.worth ?? 1;
  const strength = Math.max(...query.values());
  return new Map([...query, ...strongest.map(({ term, worth }) => [term, (share * strength * worth) / most] as const)]);
}
