import { describe, expect, it } from '@jest/globals';
import { afterPrefix, prefixText, textOfPrefix } from './prefix-text.js';

const texts = [
  '',
  'a',
  'a\ud800',
  'a\udc00',
  '\uffff',
  '\uffffd800',
  '💧',
  'a\u0000',
  '"a"\n',
  '\ud83c\udf0a\ud83c',
  '\u{10ffff}',
  '\udbff',
];

describe('a text that keeps its beginning', () => {
  it.each(texts)('is told again: %j', (text) => {
    expect(textOfPrefix(prefixText(text))).toBe(text);
    expect(Buffer.from(prefixText(text)).toString()).toBe(prefixText(text));
  });

  it('is no other’s', () => {
    expect(new Set(texts.map(prefixText)).size).toBe(texts.length);
  });

  it('begins with what it began with, and comes before what follows all that do', () => {
    for (const text of texts) {
      for (const more of ['', 'x', '\u{10fffe}', '\u{10ffff}', '\u{10ffff}x', '\ud800']) {
        const kept = Buffer.from(prefixText(`${text};${more}`));
        expect(kept.compare(Buffer.from(prefixText(`${text};`)))).toBeGreaterThanOrEqual(0);
        expect(kept.compare(Buffer.from(afterPrefix(`${text};`)))).toBeLessThan(0);
      }
    }
  });
});
