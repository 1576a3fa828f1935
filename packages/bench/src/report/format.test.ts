import { describe, expect, it } from '@jest/globals';
import { formatFigure, formatRatio } from './format.js';

describe('formatFigure', () => {
  it.each([
    [0.1234, '0.123'],
    [0.99951, '1.00'],
    [4.567, '4.57'],
    [9.996, '10.0'],
    [78.91, '78.9'],
    [99.96, '100'],
    [12_345.6, '12,346'],
    [Number.NaN, '?'],
  ])('gives three digits that count: %d is %s', (value, text) => {
    expect(formatFigure(value)).toBe(text);
  });
});

describe('formatRatio', () => {
  it.each([
    [0.051, '×0.05'],
    [0.1, '×0.1'],
    [3.44, '×3.4'],
    [9.96, '×10'],
    [1285.4, '×1,285'],
  ])('%d is %s', (ratio, text) => {
    expect(formatRatio(ratio)).toBe(text);
  });
});
