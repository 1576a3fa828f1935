import { describe, expect, it } from '@jest/globals';
import { markdownText } from './markdown-text.js';

describe('markdownText', () => {
  it('takes away the marks of links, images, emphasis and inline HTML, and no words', () => {
    expect(markdownText('See **the _tidal_ [guide](a.md "title")** and <b>all</b> of *it*.')).toBe(
      'See the tidal guide and all of it.',
    );
    expect(markdownText('<p>\n  <h1 align="center">Tides</h1>\n</p>')).toBe('\n# Tides\n');
    expect(markdownText('[![build](b.svg)](ci) Ready ![picture](p.png) to go[^1].')).toBe(' Ready  to go.');
  });

  it('leaves code, headings, lists and names with underscores as they are', () => {
    const text = '# A title\n\n- `**kept**` and snake_case_name, 2 * 3 * 4\n\n```md\n[kept](as-it-is.md)\n```\n';
    expect(markdownText(text)).toBe(text);
  });

  it('keeps every line where it was', () => {
    const text = 'One <!-- a\ncomment --> two\n[a\nlink](x.md) three **four\nfive** six';
    expect(markdownText(text).split('\n')).toHaveLength(text.split('\n').length);
    expect(markdownText(text)).toBe('One \n two\na\nlink three four\nfive six');
  });
});
