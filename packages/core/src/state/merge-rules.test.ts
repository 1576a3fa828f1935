import { describe, expect, it } from '@jest/globals';
import { append, assign, sum, union } from './merge-rules.js';

describe('merge rules', () => {
  it('append, add up, and put over, without changing what is there', () => {
    const items = Object.freeze(['a']);
    const fields = Object.freeze({ a: 1, b: 1 });
    expect(append(items, ['b', 'a'])).toEqual(['a', 'b', 'a']);
    expect(sum(2, 3)).toBe(5);
    expect(assign<{ a: number; b: number }>(fields, { b: 2 })).toEqual({ a: 1, b: 2 });
    expect([items, fields]).toEqual([['a'], { a: 1, b: 1 }]);
  });

  it('union keeps the first of items that are the same, in order', () => {
    expect(union(['b', 'a'], ['a', 'c', 'c', 'b'])).toEqual(['b', 'a', 'c']);
    expect(union<unknown>([{}], [{}])).toHaveLength(2);
  });
});
