import { describe, expect, it } from '@jest/globals';
import { readBlocks } from './blocks.js';
import { htmlBlocks } from './html-blocks.js';

const read = (text: string): readonly string[] =>
  htmlBlocks(text).map(({ kind, start, end, level }) => `${kind}${level || ''}: ${text.slice(start, end)}`);

describe('htmlBlocks', () => {
  it('reads headings, paragraphs, items and quotes', () => {
    expect(read('<h2>Two</h2><p>One <em>word</em> here.</p><ul><li>Item</ul><blockquote>Said.</blockquote>')).toEqual([
      'heading2: Two',
      'paragraph: One <em>word</em> here.',
      'item: Item',
      'quote: Said.',
    ]);
  });

  it('takes the summary of details for a heading', () => {
    expect(read('<details><summary>Why?</summary>Because.</details>')).toEqual([
      'heading6: Why?',
      'paragraph: Because.',
    ]);
  });

  it('begins and ends a block within the tags around it', () => {
    expect(read('<p>\n <strong>All of it.</strong> </p>')).toEqual(['paragraph: All of it.']);
  });

  it('leaves out scripts, styles, navigation, tables and comments, whatever they hold', () => {
    const page =
      '<script>if (a < b) "<p>No.</p>"</script><STYLE>p{}</STYLE><nav><p>No.</p></nav><table><tr><td>No.</table><!-- <p>No.</p> -->';
    expect(read(`${page}<p>Yes.</p>`)).toEqual(['paragraph: Yes.']);
  });

  it('reads on when an element is never closed', () => {
    expect(read('<nav><p>One.</p>')).toEqual(['paragraph: One.']);
    expect(read('<p>One.<!-- open')).toEqual(['paragraph: One.']);
  });

  it('takes a lone sign for text', () => {
    expect(read('<p>1 < 2 and 3 > 2.</p>')).toEqual(['paragraph: 1 < 2 and 3 > 2.']);
  });

  it.each(['<', '<p><', '<nav>', '<!-- ', '<script>', '<a <b '])('takes time linear in %j', (part) => {
    const start = performance.now();
    htmlBlocks(part.repeat(100_000));
    expect(performance.now() - start).toBeLessThan(5_000);
  });
});

describe('readBlocks', () => {
  it('knows an HTML page by its beginning', () => {
    const page = '<!-- made -->\n<!DOCTYPE html>\n<html><body>\n\n<p>One\n\ntwo.</p></body></html>';
    expect(readBlocks(page).map(({ start, end }) => page.slice(start, end))).toEqual(['One\n\ntwo.']);
  });

  it('reads all else as Markdown', () => {
    expect(readBlocks('# <html>\n\nText.').map(({ kind }) => kind)).toEqual(['heading', 'paragraph']);
  });
});
