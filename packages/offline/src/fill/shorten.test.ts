import { describe, expect, it } from '@jest/globals';
import { clip, core, inProse, joinWithin } from './shorten.js';

describe('core', () => {
  it.each([
    ['However, the dam holds the water back.', 'The dam holds the water back.'],
    ['The dam (built in 1966) holds the water back.', 'The dam holds the water back.'],
    [
      'The old dam still holds all the water back; the new one does not.',
      'The old dam still holds all the water back.',
    ],
    ['The old dam still holds all the water back — as it did.', 'The old dam still holds all the water back.'],
    [
      'It is stripped from paths that begin with `/`, (but not from drives).',
      'It is stripped from paths that begin with `/`.',
    ],
  ])('of %j', (sentence, expected) => {
    expect(core(sentence)).toBe(expected);
  });

  it.each([
    'It is keyed by (run, node, attempt, step) in all cases.',
    'The argument can be either a result of the call — an object — or a text.',
    'The code is `const a = 1; const b = 2;` and no more than that.',
    'However.',
  ])('does not break %j', (sentence) => {
    expect(core(sentence)).toBe(sentence);
  });
});

describe('clip', () => {
  it('cuts between words and says so', () => {
    expect(clip('The dam holds the water', 14)).toBe('The dam holds…');
    expect(clip('The dam', 7)).toBe('The dam');
    expect(clip('Thedamholdsit', 10)).toBe('Thedamhol…');
  });

  it('counts code points, and never more than the limit', () => {
    expect(clip('🎉🎉🎉', 3)).toBe('🎉🎉🎉');
    for (let limit = 0; limit < 12; limit += 1)
      expect([...clip('🎉 party of tides', limit)].length).toBeLessThanOrEqual(limit);
  });
});

describe('joinWithin', () => {
  it('gives whole sentences as long as they fit', () => {
    expect(joinWithin(['One.', 'Two.', 'Three.'], 9)).toBe('One. Two.');
    expect(joinWithin(['One.', 'Two.'], 8)).toBe('One.');
    expect(joinWithin(['One two three.'], 9)).toBe('One two…');
    expect(joinWithin([], 9)).toBe('');
  });

  it('takes time linear in what it joins', () => {
    const start = performance.now();
    joinWithin(new Array(100_000).fill('A dam.'), 1_000_000);
    expect(performance.now() - start).toBeLessThan(3_000);
  });
});

describe('inProse', () => {
  it('ends entries of lists, and puts spaces where the script has them', () => {
    expect(inProse(['One dam', 'Two dams.', 'As follows:'])).toBe('One dam. Two dams. As follows:');
    expect(inProse(['潮が満ちる。', '潮が引く。'])).toBe('潮が満ちる。潮が引く。');
  });
});
