import { describe, expect, it } from '@jest/globals';
import { pickDiverse } from './diversity.js';

const candidate = (name: string, score: number, ...terms: number[]) => ({ name, score, terms });
const names = (limit: number, ...candidates: ReturnType<typeof candidate>[]) =>
  pickDiverse(candidates, limit).map(({ name }) => name);

describe('pickDiverse', () => {
  it('picks the best first, up to the limit', () => {
    expect(names(2, candidate('low', 0.1, 1), candidate('high', 1, 2), candidate('mid', 0.5, 3))).toEqual([
      'high',
      'mid',
    ]);
  });

  it('prefers a worse one that is new to a better one that resembles what is picked', () => {
    const like = candidate('like', 0.9, 1, 2, 3, 4, 9, 10);
    expect(names(2, candidate('best', 1, 1, 2, 3, 4, 5, 6), like, candidate('new', 0.8, 20, 21, 22))).toEqual([
      'best',
      'new',
    ]);
  });

  it('never picks a copy, nor what one that is picked holds whole', () => {
    const best = candidate('best', 1, 1, 2, 3, 4, 5, 6, 7, 8, 9);
    expect(
      names(9, best, candidate('copy', 0.9, 1, 2, 3, 4, 5, 6, 7, 8, 9), candidate('part', 0.8, 1, 2, 3, 4, 5)),
    ).toEqual(['best']);
  });

  it('keeps the given order of equals, and gives nothing of nothing', () => {
    expect(names(3, candidate('a', 0, 1), candidate('b', 0, 2), candidate('c', 0, 3))).toEqual(['a', 'b', 'c']);
    expect(names(3)).toEqual([]);
    expect(names(0, candidate('a', 1, 1))).toEqual([]);
  });
});
