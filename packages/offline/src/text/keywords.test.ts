import { describe, expect, it } from '@jest/globals';
import { keywords } from './keywords.js';

describe('keywords', () => {
  const text = 'The tidal barrage stores water. A tidal barrage needs a tide. Turbines need water. Brest has a tide.';

  it('gives pairs that recur before their words, and no word of a chosen pair', () => {
    const found = keywords(text, { limit: 4 }).map((keyword) => keyword.text);
    expect(found[0]).toBe('tidal barrage');
    expect(found).toEqual(expect.arrayContaining(['water', 'tide']));
    expect(found).not.toContain('barrage');
  });

  it('scores against the strongest', () => {
    const scores = keywords(text).map((keyword) => keyword.score);
    expect(scores[0]).toBe(1);
    expect(scores).toEqual([...scores].sort((left, right) => right - left));
  });

  it('keeps names as they stand and drops the capital of a sentence', () => {
    const found = keywords('Water is wet. People in Brest like RxJS.').map((keyword) => keyword.text);
    expect(found).toEqual(expect.arrayContaining(['water', 'Brest', 'RxJS']));
  });

  it('gives no abbreviations', () => {
    expect(keywords('See Fig. 2, e.g. Dr. Smith.').map((keyword) => keyword.text)).toEqual(['Smith', 'see']);
  });

  it('gives no numbers, no function words and nothing of nothing', () => {
    expect(keywords('In 1966 it was 130 of them.')).toEqual([]);
    expect(keywords('')).toEqual([]);
    expect(keywords(text, { limit: 0 })).toEqual([]);
  });
});
