import { describe, expect, it } from '@jest/globals';
import { sentenceRanges } from './sentence-ranges.js';

const split = (text: string): readonly string[] => sentenceRanges(text).map(({ start, end }) => text.slice(start, end));

describe('sentenceRanges', () => {
  it.each([
    ['at full stops, question and exclamation marks', 'One. Two? Three! Four…', ['One.', 'Two?', 'Three!', 'Four…']],
    [
      'behind closing quotes and brackets',
      'He said "Go." (She went.) Then rain fell.',
      ['He said "Go."', '(She went.)', 'Then rain fell.'],
    ],
    ['over line breaks', 'The first\nline. The\nsecond.', ['The first\nline.', 'The\nsecond.']],
    ['at the last words without an end', 'One. and a rest', ['One. and a rest']],
    ['in scripts without spaces', '潮が満ちる。潮が引く。', ['潮が満ちる。', '潮が引く。']],
    ['at a danda', 'ज्वार आता है। ज्वार जाता है।', ['ज्वार आता है।', 'ज्वार जाता है।']],
  ])('ends a sentence %s', (_, text, expected) => {
    expect(split(text)).toEqual(expected);
  });

  it.each([
    ['an abbreviation', 'See e.g. Fig. 2 of Dr. Smith.'],
    ['an initial', 'J. S. Bach wrote it.'],
    ['a version', 'It needs v2.0.1 or newer.'],
    ['a small letter behind it', 'The file .env. is read. or not.'],
    ['code', 'Call `a. B` and go on.'],
    ['a bracket that is still open', 'It works (most of the time. At night. Never.) for all.'],
    ['a German abbreviation or date', 'Am 3. Oktober kommt z. B. Anna.'],
    ['a number that begins a line', '3. The third step.'],
  ])('does not end one at %s', (_, text) => {
    expect(split(text)).toEqual([text]);
  });

  it('gives offsets into the whole text', () => {
    const text = 'xx One. Two. yy';
    expect(sentenceRanges(text, 3, 12)).toEqual([
      { start: 3, end: 7 },
      { start: 8, end: 12 },
    ]);
  });

  it('has nothing for white space', () => {
    expect(sentenceRanges(' \n\t ')).toEqual([]);
  });

  it('cuts what never ends, so that its work is linear', () => {
    const text = 'foo. bar. '.repeat(30_000);
    const start = performance.now();
    const longest = Math.max(...sentenceRanges(text).map(({ start: from, end }) => end - from));
    expect(longest).toBeLessThan(2_100);
    expect(performance.now() - start).toBeLessThan(5_000);
  });
});
