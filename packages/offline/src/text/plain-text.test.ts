import { describe, expect, it } from '@jest/globals';
import { plainText } from './plain-text.js';

describe('plainText', () => {
  it.each([
    ['links', 'See [the page](https://x.org/a_(b)) and [that][ref].', 'See the page and that.'],
    ['links around code', 'Use [`search()`](#search) or [`find`].', 'Use `search()` or `find`.'],
    ['images and badges', '![logo](a.png)[![CI][ci]][url] Text.', 'Text.'],
    ['emphasis', 'It is **very** *good*, __so__ _so_ ***good***.', 'It is very good, so so good.'],
    ['emphasis that is cut in two', '**Note: it works.', 'Note: it works.'],
    ['emphasis around code', '*`a`* is **`b`**.', '`a` is `b`.'],
    ['struck text', 'It is ~~bad~~ good.', 'It is bad good.'],
    ['tags', 'A <b>bold</b> <br/>word.', 'A bold word.'],
    ['addresses in angle brackets', 'See <https://example.org>.', 'See https://example.org.'],
    ['footnotes', 'True[^1].', 'True.'],
    ['entities', 'A &amp; B &mdash; C &#8364; &#x41; &unknown;', 'A & B — C € A &unknown;'],
    ['escapes', '2 \\* 3 \\_a', '2 * 3 _a'],
    ['marks of quotes within', 'One\n> two.', 'One two.'],
    ['pictures in front', '👩🏽‍💻 🎉 Party.', 'Party.'],
    ['line breaks', 'One\r\n  two\\\nthree', 'One two three'],
  ])('leaves out or decodes %s', (_, markup, expected) => {
    expect(plainText(markup)).toBe(expected);
  });

  it.each(['2 * 3 * 4', 'snake_case_name', 'a "*" and a *', '`**code** [a](b) <p>`', '`` a ` b ``', 'x < 3 and y > 4'])(
    'keeps %j as it stands',
    (text) => {
      expect(plainText(text)).toBe(text);
    },
  );

  it.each(['*a ', '_a', '`', '[', '![', '🎉', '~~', '&#', '[a](b'])('takes time linear in %j', (part) => {
    const start = performance.now();
    plainText(part.repeat(2_000));
    expect(performance.now() - start).toBeLessThan(5_000);
  });
});
