import { describe, expect, it } from '@jest/globals';
import { isBoilerplate, proseQuality } from './prose-quality.js';

const good = 'A tidal barrage stores water behind a dam and turns turbines.';

describe('proseQuality', () => {
  it('is 1 for a sentence that stands alone', () => {
    expect(proseQuality(good)).toBe(1);
    expect(proseQuality('For those who live behind the dam, the water stands too high.')).toBe(1);
    expect(proseQuality('潮力発電は潮の満ち引きを利用して電気を作る方法です。')).toBe(1);
  });

  it.each([
    ['is very short', 'It works.'],
    ['is very long', `${'The water of the sea rises and '.repeat(10)}falls.`],
    ['points to what is not there', 'This stores water behind a dam and turns turbines.'],
    ['speaks of what was said before', 'Anything else stays behind the dam until the turbines turn.'],
    ['leans on the sentence before', 'Until it is full, water goes around the dam and the turbines stand.'],
    ['is about some of them', 'None of them stores water behind a dam or turns turbines.'],
    ['refers at its end', 'The turbines behind the dam of the harbour are built for that.'],
    ['stops before an example', 'Store the water behind a dam, and turn the turbines with'],
    ['sends the reader elsewhere', 'See the manual for more about the dam and the turbines.'],
    ['announces what follows', 'The following options turn the turbines of the dam:'],
    ['asks', 'Does a tidal barrage store water behind a dam?'],
    ['breaks off', 'A tidal barrage stores water behind a dam and ...'],
    ['has no end', 'A tidal barrage stores water behind a dam'],
    ['has no subject', 'Returns the water that is stored behind the dam.'],
    ['is a label', 'Type: the kind of the barrage that stores water.'],
    ['names a test', 'Test: stores water behind the dam and turns the turbines.'],
    ['is code', "const barrage = new Barrage('water', 3, 4, { open: true });"],
    ['shouts', 'TERMS AND CONDITIONS FOR USE, REPRODUCTION, AND DISTRIBUTION.'],
    ['is an address', 'The dam is at https://example.org/dam and turns turbines.'],
    ['begins in the middle', 'which stores water behind a dam and turns turbines.'],
  ])('is less for one that %s', (_, text) => {
    expect(proseQuality(text)).toBeLessThan(0.8);
  });
});

describe('isBoilerplate', () => {
  it('knows what every page says', () => {
    expect(isBoilerplate('Copyright 2026 by nobody.')).toBe(true);
    expect(isBoilerplate('Run npm install turbine to get it.')).toBe(true);
    expect(isBoilerplate(good)).toBe(false);
  });
});
