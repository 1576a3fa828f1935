import { describe, expect, it } from '@jest/globals';
import { firstSentence, sentencesOf } from './sentences.js';

describe('sentencesOf', () => {
  it('ends no sentence at an abbreviation or a version', () => {
    expect(sentencesOf('Use a store, e.g. Redis. It is in v1.2 and later.')).toEqual([
      'Use a store, e.g. Redis.',
      'It is in v1.2 and later.',
    ]);
  });

  it('begins one with code, where the one before has ended', () => {
    const text = 'It runs until `max` is reached. `ctx.previous` is the last output.\nAn `a. b` is code.';
    expect(sentencesOf(text)).toEqual([
      'It runs until `max` is reached.',
      '`ctx.previous` is the last output.',
      'An `a. b` is code.',
    ]);
    expect(firstSentence(text)).toBe('It runs until `max` is reached.');
  });

  it('gives nothing for nothing', () => {
    expect(sentencesOf(' \n ')).toEqual([]);
    expect(firstSentence('')).toBe('');
  });
});
