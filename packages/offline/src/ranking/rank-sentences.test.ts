import { describe, expect, it } from '@jest/globals';
import { rankSentences } from './rank-sentences.js';

const tides = `# Tides

![badge](b.svg)

Tides are the rise and fall of sea levels that the moon and the sun cause. Lunch is at noon in the harbour.

## Power

A tidal barrage stores water behind a dam. See [the guide](guide.md). The barrage of La Rance supplies 130,000 households.

## Installation

Run npm install tides to install the package of the tides.

## License

Copyright 2026 by the authors of Tides. All rights of the tides and the moon are reserved.`;

const texts = (query: string | undefined, limit = 1) =>
  rankSentences(tides, query === undefined ? { limit } : { query, limit }).map(({ text }) => text);

describe('rankSentences', () => {
  it.each([
    ['How many households does a barrage supply?', 'The barrage of La Rance supplies 130,000 households.'],
    ['When is lunch?', 'Lunch is at noon in the harbour.'],
    ['How do I install it?', 'Run npm install tides to install the package of the tides.'],
    ['Whose is the copyright?', 'Copyright 2026 by the authors of Tides.'],
    ['storing of water', 'A tidal barrage stores water behind a dam.'],
  ])('answers %j', (query, expected) => {
    expect(texts(query)).toEqual([expected]);
  });

  it('gives without a query what the text is about first, and boilerplate last', () => {
    const ranked = texts(undefined, 20);
    expect(ranked[0]).toBe('Tides are the rise and fall of sea levels that the moon and the sun cause.');
    expect(ranked.slice(-3).join(' ')).toContain('Copyright 2026');
  });

  it('gives quotes with their offsets and headings', () => {
    const [best] = rankSentences(tides, { query: 'households' });
    expect(tides.slice(best?.start, best?.end)).toBe(best?.quote);
    expect(best).toMatchObject({ heading: 'Power', score: 1 });
  });

  it('finds what a heading says', () => {
    const text = '# Fees\n\n## Refunds\n\nIt takes ten days.\n\n## Delays\n\nIt takes two hours.';
    expect(rankSentences(text, { query: 'delay', limit: 1 })[0]?.text).toBe('It takes two hours.');
  });

  it('has nothing to give for empty texts and limits of 0', () => {
    expect(rankSentences('')).toEqual([]);
    expect(rankSentences(' \r\n ')).toEqual([]);
    expect(rankSentences(tides, { limit: 0 })).toEqual([]);
  });

  it('gives the same for the same', () => {
    expect(rankSentences(tides, { query: 'moon' })).toEqual(rankSentences(tides, { query: 'moon' }));
  });

  it('ranks a text of a million characters in bounded time', () => {
    const words = Array.from({ length: 3_000 }, (_, index) => `word${(index * 7919) % 3001}`);
    let text = '';
    for (let at = 0; text.length < 1_000_000; at = (at * 31 + 17) % 2_980)
      text += `The ${words.slice(at, at + 12).join(' ')} number ${text.length} turns.\n\n`;
    const start = performance.now();
    expect(rankSentences(text, { query: 'word17 word18' })).toHaveLength(5);
    expect(performance.now() - start).toBeLessThan(15_000);
  }, 30_000);
});
