import type { Query } from '../ranking/term-index.js';
import type { Scope } from './scope.js';

/**
 * How well a scope answers the question, from 0 to 1: the share of the question's terms that stand in it at all (more than once
 * counts for more), and the share that stands in its single best sentence with the headings above. Where nothing was asked, 0.5 and more the more good prose there is.
 */
export function coverage(scope: Scope): number {
  const { query } = scope.material;
  if (query.size === 0)
    return round(0.5 + 0.05 * Math.min(10, scope.facts.filter((fact) => fact.quality >= 0.7).length));
  const counts = new Map<number, number>();
  let closest = 0;
  for (const fact of scope.facts) {
    const here = new Set([...fact.terms, ...fact.context]);
    for (const term of [...fact.terms, ...fact.context])
      if (query.has(term)) counts.set(term, (counts.get(term) ?? 0) + 1);
    closest = Math.max(closest, shareOf(query, here) * (0.5 + 0.5 * fact.quality));
  }
  let spread = 0;
  for (const [term, count] of counts) spread += ((query.get(term) as number) * count) / (count + 0.7);
  return round(0.5 * (spread / sum(query.values())) + 0.5 * closest);
}

function shareOf(query: Query, here: ReadonlySet<number>): number {
  return sum([...query].map(([term, weight]) => (here.has(term) ? weight : 0))) / sum(query.values());
}

function sum(values: Iterable<number>): number {
  let total = 0;
  for (const value of values) total += value;
  return total;
}

export const round = (value: number): number => Math.round(value * 100) / 100;
