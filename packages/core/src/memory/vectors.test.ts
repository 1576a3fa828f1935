import { describe, expect, it } from '@jest/globals';
import { dot, NearestVectors, normalised } from './vectors.js';

describe('normalised', () => {
  it.each([[[3, 4]], [[1e-30, -1e-30]], [[1e30, 1e30, 1e30]], [[-7]], [new Float64Array([1e200, 1e-200])]])(
    'gives %p the length 1',
    (vector) => {
      const unit = normalised(vector) as Float32Array;
      expect(Math.hypot(...unit)).toBeCloseTo(1, 6);
      expect(unit).toHaveLength(vector.length);
    },
  );

  it.each([[[]], [[0, 0]], [[Number.NaN, 1]], [[1, Number.POSITIVE_INFINITY]], [['a', 1]]])(
    'takes %p for none',
    (vector) => {
      expect(normalised(vector as number[])).toBeUndefined();
    },
  );
});

describe('dot', () => {
  it.each([0, 1, 3, 4, 5, 1536, 1537])('is the sum of %p products', (length) => {
    const a = Float32Array.from({ length }, (_, index) => (index % 7) - 3);
    const b = Float32Array.from({ length }, (_, index) => (index % 5) - 2);
    expect(dot(a, b)).toBe(Array.from(a).reduce((sum, value, index) => sum + value * (b[index] as number), 0));
  });
});

describe('NearestVectors', () => {
  it('finds what sorting all of them finds, whatever their order', () => {
    const vectors = Array.from({ length: 500 }, (_, index) => {
      const angle = ((index * 7919) % 500) / 100;
      return Float32Array.of(Math.cos(angle), Math.sin(angle));
    });
    const vector = Float32Array.of(1, 0);
    const nearest = new NearestVectors<number>({ vector, limit: 20, minScore: 0.5 });
    for (const [index, one] of vectors.entries()) nearest.offer(index, one);
    const sorted = vectors
      .map((one, item) => ({ item, score: dot(vector, one) }))
      .filter(({ score }) => score >= 0.5)
      .sort((a, b) => b.score - a.score || a.item - b.item)
      .slice(0, 20);
    expect(nearest.found).toEqual(sorted);
  });

  it('gives no more than 1, whatever rounding makes of it', () => {
    const vector = normalised([0.1, 0.2, 0.3]) as Float32Array;
    const nearest = new NearestVectors<string>({
      vector: vector.map((value) => value * 1.000001),
      limit: 1,
      minScore: 1,
    });
    nearest.offer('itself', vector);
    expect(nearest.found).toEqual([{ item: 'itself', score: 1 }]);
  });
});
