import { describe, expect, it } from '@jest/globals';
import { randomOf } from '../../test/random.js';
import { maskRanges } from './mask-record.js';
import { MaskedStream } from './masked-stream.js';
import { TextIndex } from './text-index.js';

const indexOf = (texts: readonly string[], alone: readonly string[] = []): TextIndex => {
  const index = new TextIndex();
  for (const text of texts) index.add(text);
  for (const text of alone) index.add(text, true);
  return index;
};

const found = (index: TextIndex, text: string): readonly string[] =>
  index.find(text).map(({ from, to }) => text.slice(from, to));

/** The characters that are part of a known text, one by one. */
function coveredNaively(texts: readonly string[], text: string): readonly boolean[] {
  const covered = Array.from(text, () => false);
  for (const known of texts) {
    for (let at = text.indexOf(known); at >= 0; at = text.indexOf(known, at + 1))
      covered.fill(true, at, at + known.length);
  }
  return covered;
}

describe('texts that are looked for', () => {
  it('are found wherever they are, the longest of those that begin alike', () => {
    const index = indexOf(['anna', 'annabel', 'bell', 'anne']);
    expect(found(index, 'anna, annab and annabel; anne')).toEqual(['anna', 'anna', 'annabel', 'anne']);
    expect(found(index, 'annabell')).toEqual(['annabell']); // overlapping: one
    expect(found(index, 'ann bel')).toEqual([]);
    expect(found(indexOf([]), 'anna')).toEqual([]);
  });

  it('that are numbers are no part of longer ones, or of words', () => {
    const index = indexOf([], ['1234', '123456']);
    expect(found(index, '1234 x1234 12345 123456, €1234.')).toEqual(['1234', '123456', '1234']);
    expect(found(indexOf(['1234'], ['1234']), 'x1234')).toEqual(['1234']);
    expect(found(indexOf([], ['1234']), 'é1234')).toEqual([]);
  });

  it('are found where they were cut, by four characters or more', () => {
    const index = indexOf(['jane doe', 'jane@doe.example', 'rob'], ['12345678']);
    expect(found(index, 'jane… jane d… jan… jane@doe… rob… jane, ro… x')).toEqual([
      'jane',
      'jane d',
      'jane@doe',
      'rob',
    ]);
    expect(found(index, '1234… a12345… 123456')).toEqual(['1234']);
  });

  it('are looked for in time that does not grow with the square of a text that repeats itself', () => {
    const index = indexOf(['a'.repeat(200_000)]);
    const text = 'a'.repeat(100_000);
    expect([index.find(text), index.find(`${text}…`)]).toEqual([[], [{ from: 0, to: 100_000 }]]);
  });

  it('are all found, and nothing else, in any text', () => {
    for (let seed = 1; seed <= 300; seed++) {
      const random = randomOf(seed);
      const word = (most: number) =>
        Array.from({ length: 1 + random.below(most) }, () => 'abc'[random.below(3)]).join('');
      const texts = Array.from({ length: random.below(6) }, () => word(5));
      const text = word(40);
      const covered = coveredNaively(texts, text);
      const ranges = indexOf(texts).find(text);
      const by = Array.from(text, (_, at) => ranges.some(({ from, to }) => at >= from && at < to));
      expect({ seed, texts, text, by }).toEqual({ seed, texts, text, by: covered });
    }
  });
});

describe('text that comes in pieces', () => {
  it('is masked as it would be whole, however it is cut', () => {
    for (let seed = 1; seed <= 300; seed++) {
      const random = randomOf(seed);
      const word = (most: number) =>
        Array.from({ length: 1 + random.below(most) }, () => 'abc'[random.below(3)]).join('');
      const texts = Array.from({ length: 1 + random.below(4) }, () => word(4));
      const index = indexOf(texts);
      const text = Array.from({ length: 8 }, () => word(6)).join(' ');
      const stream = new MaskedStream(index);
      let shown = '';
      for (let at = 0; at < text.length; ) {
        const next = at + 1 + random.below(5);
        shown += stream.next(text.slice(at, next));
        at = next;
      }
      shown += stream.end();
      // Values that meet are one where the text is whole, and may be several where it came in pieces.
      const joined = shown.replaceAll(/(?:\[sensitive\])+/g, '[sensitive]');
      expect({ seed, texts, text, shown: joined }).toEqual({
        seed,
        texts,
        text,
        shown: maskRanges(text, index.find(text)).replaceAll(/(?:\[sensitive\])+/g, '[sensitive]'),
      });
    }
  });

  it('shows a number only when it is known whether it goes on', () => {
    const stream = new MaskedStream(indexOf([], ['1234']));
    expect([stream.next('a 1234'), stream.next('5'), stream.next(', 1234'), stream.next('!'), stream.end()]).toEqual([
      'a ',
      '12345',
      ', ',
      '[sensitive]!',
      '',
    ]);
    expect([stream.next('1234'), stream.end()]).toEqual(['', '[sensitive]']);
  });

  it('is not held back longer than it may be the beginning of one', () => {
    const stream = new MaskedStream(indexOf(['secret']));
    expect([stream.next('a se'), stream.next('c'), stream.next('ond sec'), stream.next('ret!'), stream.end()]).toEqual([
      'a ',
      '',
      'second ',
      '[sensitive]!',
      '',
    ]);
  });
});
