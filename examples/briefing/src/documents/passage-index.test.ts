import { describe, expect, it } from '@jest/globals';
import { parseDocument } from './parse-document.js';
import { PassageIndex } from './passage-index.js';

const documents = [
  parseDocument(
    'retry.md',
    '# Retries\n\nA failed attempt is tried again after a pause.\n\n## Limits\n\nThe most attempts are three.',
  ),
  parseDocument('cache.md', '# Cache\n\nResults are kept for an hour.\n\n```ts\nretry(attempts);\n```'),
];
const index = new PassageIndex();
index.open('run', documents);
const found = (query: string) => index.search('run', query).map(({ document, text }) => `${document}: ${text}`);

describe('PassageIndex', () => {
  it('finds paragraphs by their words and by the headings above them, best first', () => {
    expect(found('How often is a failed attempt retried?')[0]).toBe(
      'retry.md: A failed attempt is tried again after a pause.',
    );
    expect(found('limit')).toEqual(['retry.md: The most attempts are three.']);
  });

  it('finds nothing where too little of the question is spoken of', () => {
    expect(found('Who invented the bicycle of the failed emperor?')).toEqual([]);
    expect(found('')).toEqual([]);
  });

  it('knows the documents of one run only, and forgets them', () => {
    expect(index.search('other', 'cache')).toEqual([]);
    expect(found('cache')).toHaveLength(1);
    index.close('run');
    expect(found('cache')).toEqual([]);
    index.open('run', documents);
  });
});
