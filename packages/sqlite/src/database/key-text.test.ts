import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { keyText, textOfKey } from './key-text.js';

describe('keyText', () => {
  it('gives texts that UTF-8 can hold, and that lead back', () => {
    const text = fc.oneof(
      fc.string({ unit: fc.integer({ min: 0, max: 0xffff }).map((code) => String.fromCharCode(code)) }),
      fc.constantFrom('"a"', '"', '\ud800', '"\\ud800"', '\ud83c\udf0a', '\u0000'),
    );
    fc.assert(
      fc.property(text, (one) => {
        const key = keyText(one);
        expect(Buffer.from(key).toString()).toBe(key);
        expect(textOfKey(key)).toBe(one);
      }),
    );
  });

  it('leaves ordinary ids as they are, for who looks into the file', () => {
    for (const id of ['r1', '', 'ü/🌊', "it's"]) expect(keyText(id)).toBe(id);
  });
});
