import { describe, expect, it } from '@jest/globals';
import { countHint, rangeHint } from './hints.js';
import { roleOf } from './roles.js';

describe('countHint', () => {
  it.each([
    ['Give the 4 most important points.', 'points', 4],
    ['three to five key points', 'points', 5],
    ['in 2-3 sentences', 'sentences?', 3],
    ['one sentence', 'sentences?', 1],
    ['up to 12 quotes', 'quotes', 12],
  ])('finds the number in %j', (text, nouns, expected) => {
    expect(countHint(text, nouns)).toBe(expected);
  });

  it.each(['the points', '4 documents with points', 'points', '0 points'])('finds none in %j', (text) => {
    expect(countHint(text, 'points')).toBeUndefined();
  });
});

describe('rangeHint', () => {
  it.each([
    ['from 0 to 10', [0, 10]],
    ['1-5', [1, 5]],
    ['out of 100', [0, 100]],
    ['in percent', [0, 100]],
    ['a number', undefined],
    ['5 to 1', undefined],
  ])('reads %j', (text, expected) => {
    expect(rangeHint(text)).toEqual(expected);
  });
});

describe('roleOf', () => {
  it.each([
    ['keyPoints', 'statement'],
    ['documentTitle', 'title'],
    ['quoteSource', 'identity'],
    ['source_quote', 'quote'],
    ['openQuestions', 'question'],
    ['createdAt', 'date'],
    ['salinity', 'aspect'],
    ['', 'summary'],
  ])('of %j is %s', (name, role) => {
    expect(roleOf(name)).toBe(role);
  });

  it('is that of the description where the name tells nothing', () => {
    expect(roleOf('x', 'A verbatim quote.')).toBe('quote');
  });
});
