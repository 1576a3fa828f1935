import { describe, expect, it } from '@jest/globals';
import { markdownBlocks } from './markdown-blocks.js';

const read = (text: string): readonly string[] =>
  markdownBlocks(text).map(({ kind, start, end, level }) => `${kind}${level || ''}: ${text.slice(start, end)}`);

describe('markdownBlocks', () => {
  it('reads headings of both kinds with their levels', () => {
    expect(read('# One #\n\nTwo\n===\n\nThree\n---\n\n###### Six')).toEqual([
      'heading1: One',
      'heading1: Two',
      'heading2: Three',
      'heading6: Six',
    ]);
  });

  it('reads paragraphs over lines, items and quotes', () => {
    expect(read('A line\nand another.\n\n- One\n  goes on\n- [x] Two\n1. Three\n\n> Said\n> twice.')).toEqual([
      'paragraph: A line\nand another.',
      'item: One\n  goes on',
      'item: Two',
      'item: Three',
      'quote: Said\n> twice.',
    ]);
  });

  it.each([
    ['fenced code', '```ts\nconst a = 1;\n\n# no heading\n```'],
    ['code fenced by tildes', '~~~\nprose? No.\n```\n~~~'],
    ['code in a quote', '> ```\n> a. B.\n> ```'],
    ['indented code', '    const a = call(1);\n    return a'],
    ['a link definition', '[name]: https://example.org "A title of it."'],
    ['a rule', '***'],
    ['a comment', '<!-- A comment. It is\nlong. -->'],
    ['a badge in HTML', '<p align="center">\n  <a href="x"><img src="y"></a> Website\n</p>'],
    ['a line of modules in MDX', "import Tabs from '@theme/Tabs'"],
    ['the rows of a table without sentences', '| a | b |\n|---|---|\n| c | d e f g |'],
  ])('leaves out %s, and reads what follows', (_, text) => {
    expect(read(`${text}\n\nProse.`)).toEqual(['paragraph: Prose.']);
  });

  it('ends a quoted fence with its quote', () => {
    expect(read('> ```\n> code\nProse here.')).toEqual(['paragraph: Prose here.']);
  });

  it('goes on right behind a comment of one line, a table or a fence', () => {
    expect(read('<!-- x -->\n```\nLost?\n```\nKept.')).toEqual(['paragraph: Kept.']);
    expect(read('| a |\n|---|\n| b |\n# Next')).toEqual(['heading1: Next']);
  });

  it('leaves out front matter and a byte order mark', () => {
    expect(read('\uFEFF---\ntitle: x\n---\n# One')).toEqual(['heading1: One']);
    expect(read('\uFEFF# One')).toEqual(['heading1: One']);
  });

  it('reads lines that end in CR LF like others', () => {
    expect(read('# One\r\n\r\n- Two\r\n\r\n```\r\ncode\r\n```\r\n\r\nThree\r\nfour.\r\n')).toEqual([
      'heading1: One',
      'item: Two',
      'paragraph: Three\r\nfour.',
    ]);
  });

  it('reads whole sentences in cells of tables, code with bars included', () => {
    expect(read('| a | b |\n|---|---|\n| x | It turns `a | b` on today. |')).toEqual([
      'item: It turns `a | b` on today.',
    ]);
  });

  it('reads headings and sentences of HTML within Markdown', () => {
    expect(read('<h1 align="center">\n  Name\n</h1>\n<p>It does a <b>great</b> deal.</p>\n\nMore.')).toEqual([
      'heading1: Name',
      'paragraph: It does a <b>great</b> deal.',
      'paragraph: More.',
    ]);
  });

  it('takes a line that begins with a word in a tag for prose', () => {
    expect(read('<b>Note</b> that it turns.')).toEqual(['paragraph: <b>Note</b> that it turns.']);
  });

  it('reads lists in callouts, and drops the name of the callout', () => {
    expect(read('> [!NOTE]\n> - One\n>   goes on\n> - Two')).toEqual(['item: One\n>   goes on', 'item: Two']);
  });

  it('reads the text of a footnote', () => {
    expect(read('[^1]: It is\nthe moon.')).toEqual(['paragraph: It is\nthe moon.']);
  });

  it('reads each line of a log for itself', () => {
    expect(read('2026-01-01T00:00 started\n2026-01-01 00:01 stopped')).toHaveLength(2);
  });

  it('finds nothing in nothing', () => {
    expect(read('')).toEqual([]);
    expect(read(' \n\t\r\n')).toEqual([]);
  });
});
