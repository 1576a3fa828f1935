import { describe, expect, it } from '@jest/globals';
import { expandQuery } from './expand-query.js';
import { TermIndex } from './term-index.js';

describe('TermIndex', () => {
  const index = new TermIndex([[1, 2, 3], [1, 1, 4], [1, 5, 6], []]);

  it('counts the documents of a term', () => {
    expect([1, 4, 9].map((term) => index.frequency(term))).toEqual([3, 1, 0]);
    expect(index.rarity(4)).toBeGreaterThan(index.rarity(1));
    expect(index.rarity(1)).toBeGreaterThan(0);
  });

  it('scores as BM25 does: rare terms, repetition and short documents count', () => {
    const scores = index.score(new Map([[1, 1]]));
    expect(scores[1]).toBeGreaterThan(scores[0] as number);
    expect(scores[0]).toBe(scores[2]);
    expect(scores[3]).toBe(0);
    // ln(1 + (4 - 3 + 0.5) / (3 + 0.5)) · 1 · 2.2 / (1 + 1.2 · (0.25 + 0.75 · 3 / 2.25))
    expect(scores[0]).toBeCloseTo((Math.log(1 + 1.5 / 3.5) * 2.2) / (1 + 1.2 * 1.25), 10);
  });

  it('weighs the terms of a query', () => {
    const [light, heavy] = [0.5, 1].map((weight) => index.score(new Map([[4, weight]]))[1] as number);
    expect(heavy).toBeCloseTo((light as number) * 2, 10);
  });
});

describe('expandQuery', () => {
  it('adds terms that recur in the documents which answer best, and weighs them less', () => {
    const index = new TermIndex([
      [1, 7, 2],
      [1, 7, 3],
      [1, 4],
      [8, 9],
      [8, 9],
    ]);
    const query = expandQuery(new Map([[1, 1]]), index);
    expect([...query.keys()]).toEqual([1, 7]);
    expect(query.get(7)).toBeLessThan(0.5);
  });

  it('leaves a query without terms alone', () => {
    expect(expandQuery(new Map(), new TermIndex([[1]])).size).toBe(0);
  });
});
