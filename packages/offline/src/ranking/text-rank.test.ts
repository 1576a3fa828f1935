import { describe, expect, it } from '@jest/globals';
import { textRank } from './text-rank.js';

describe('textRank', () => {
  it('ranks first what shares words with most others', () => {
    const ranks = textRank([
      [1, 2, 3],
      [1, 4, 5],
      [2, 6, 7],
      [3, 8, 9],
      [10, 11, 12],
    ]);
    expect(ranks[0]).toBe(1);
    expect(Math.max(...ranks.slice(1, 4))).toBeLessThan(1);
    expect(Math.min(...ranks)).toBe(ranks[4]);
  });

  it('lets copies give each other no weight', () => {
    const copies = [1, 2, 3, 4];
    const ranks = textRank([copies, copies, copies, [5, 6, 7], [5, 8, 9], [6, 10, 11]]);
    expect(Math.max(...ranks)).toBe(ranks[3]);
    expect(ranks[0]).toBeLessThan(ranks[4] as number);
  });

  it('is defined without links and for few sentences', () => {
    expect([...textRank([])]).toEqual([]);
    expect([...textRank([[1]])]).toEqual([1]);
    expect([...textRank([[1], [2]])]).toEqual([1, 1]);
    expect([...textRank([[], []])]).toEqual([1, 1]);
  });
});
