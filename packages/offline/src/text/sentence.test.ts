import { describe, expect, it } from '@jest/globals';
import { readProse, readSentences, splitSentences } from './sentence.js';

describe('splitSentences', () => {
  it('gives slices of the text, and no headings or code', () => {
    const text = '# Tides\r\n\r\nTides turn\r\ntwice a day. See [Brest](b.md).\r\n\r\n```\r\nNo. Code.\r\n```';
    const sentences = splitSentences(text);
    expect(sentences).toEqual(['Tides turn\r\ntwice a day.', 'See [Brest](b.md).']);
    for (const sentence of sentences) expect(text).toContain(sentence);
  });

  it('begins behind pictures and within emphasis', () => {
    expect(splitSentences('- 🎉 A party begins.\n- **All of it is strong.**')).toEqual([
      'A party begins.',
      'All of it is strong.',
    ]);
  });

  it('leaves out what is too long for a sentence or holds no words', () => {
    expect(splitSentences(`${'a'.repeat(701)}. Short one. --- 123. !!!`)).toEqual(['Short one.']);
  });
});

describe('readSentences', () => {
  it('knows the headings above', () => {
    const [one, two] = readSentences('# A\n\n## B\n\nOne here.\n\n# C\n\nTwo here.');
    expect([one?.heading?.text, one?.heading?.parent?.text]).toEqual(['B', 'A']);
    expect([two?.heading?.text, two?.heading?.parent]).toEqual(['C', undefined]);
  });

  it.each([
    ['plain prose', 'It turns twice a day.', true],
    ['code', 'It calls `turn()` twice.', true],
    ['a link', 'It [turns](a.md) twice a day.', false],
    ['a link that is defined elsewhere', 'It [turns] twice a day.\n\n[turns]: https://example.org', false],
    ['brackets that are no link', 'It [sic] turns twice a day.', true],
    ['emphasis', 'It **turns** twice a day.', false],
    ['a tag', 'It <b>turns</b> twice a day.', false],
    ['an entity', 'It turns &amp; turns.', false],
    ['what only announces', 'It turns on these days:', false],
    ['the mark of a quote', '> It turns\n> twice a day.', false],
  ])('says of %s whether it can be quoted as it stands', (_, text, quotable) => {
    expect(readSentences(text)[0]?.quotable).toBe(quotable);
  });

  it('reads as a person does', () => {
    expect(readSentences('It [turns] **twice**.\n\n[turns]: https://example.org')[0]?.text).toBe('It turns twice.');
  });
});

describe('readProse', () => {
  it('gives headings that have no sentence of their own', () => {
    const { headings } = readProse('# <img src="x"> Name\n\n![badge](b.svg)\n\n## Use\n\nIt turns.');
    expect(headings.map(({ text, level }) => `${level} ${text}`)).toEqual(['1 Name', '2 Use']);
  });

  it('gives offsets of the whole text for a stretch of it', () => {
    const text = 'One is here. Two is here. Three is here.';
    const [two] = readProse(text, 13, 25).sentences;
    expect([two?.start, two?.end, text.slice(two?.start, two?.end)]).toEqual([13, 25, 'Two is here.']);
  });
});
