import { describe, expect, it } from '@jest/globals';
import { checkQuotes } from './check-quotes.js';
import { parseDocument } from './parse-document.js';

const document = parseDocument(
  'tides.md',
  `---
title: On tides
---

# Tides

The **tide** turns twice
a day. It costs $5 (about) *nothing*.

\`\`\`sh
# no heading
\`\`\`

## Ebb and [flow](flow.md)

The ebb follows the flow.
`,
);
const check = (quote: string, path = 'tides.md') =>
  checkQuotes([{ statement: 'It says so.', document: path, quote }], [document]);

describe('checkQuotes', () => {
  it('finds a quote with its line and the heading above', () => {
    expect(check('The ebb follows the flow.').right).toMatchObject([
      { place: { path: 'tides.md', line: 16, heading: 'Ebb and flow' } },
    ]);
  });

  it('lets only spaces and line breaks differ', () => {
    expect(check('The tide turns twice a day.').right).toMatchObject([{ place: { line: 7, heading: 'Tides' } }]);
    expect(check('the tide turns twice a day.').wrong).toHaveLength(1);
    expect(check('The tide turns twice a day').right).toHaveLength(1);
    expect(check('The tide turns twice, a day.').wrong).toHaveLength(1);
    expect(check('The tide turns a day.').wrong).toHaveLength(1);
  });

  it('takes signs as they are, also those that mean something in a pattern', () => {
    expect(check('It costs $5\n(about) nothing.').right).toMatchObject([{ place: { line: 8 } }]);
    expect(check('It costs .5 (about)').wrong).toHaveLength(1);
  });

  it('refuses an empty quote and a document that there is not', () => {
    expect(check('').wrong).toHaveLength(1);
    expect(check(' \n ').wrong).toHaveLength(1);
    expect(check('The ebb follows the flow.', 'other.md').wrong).toHaveLength(1);
  });

  it('gives the line of the file for text that was taken out of a page', () => {
    const page = parseDocument(
      'page.html',
      '<html>\n<body>\n\n<p>One\nline.</p><h2>Two\nwords</h2>\n<p>\nThe end is near.</p>',
    );
    const claim = { statement: '', document: 'page.html' };
    const { right } = checkQuotes(
      [
        { ...claim, quote: 'One line.' },
        { ...claim, quote: 'The end is near.' },
      ],
      [page],
    );
    expect(right.map(({ place }) => place)).toEqual([
      { path: 'page.html', line: 4, heading: undefined },
      { path: 'page.html', line: 8, heading: 'Two words' },
    ]);
  });
});
