import { describe, expect, it } from '@jest/globals';
import { lookUp, sourceOf, withChildren } from './source.js';

const record = sourceOf(
  'documents',
  JSON.stringify([
    {
      path: 'a.md',
      title: 'Tides',
      text: 'Tides turn twice a day.',
      points: [{ quote: 'They turn twice every day.' }],
    },
    { path: 'b.md', title: 'Dams', text: 'A dam holds the water back.' },
  ]),
);

describe('sourceOf', () => {
  it('makes a source of each object, and texts of prose only', () => {
    expect([...withChildren(record)].flatMap(({ texts }) => texts)).toEqual([
      'Tides turn twice a day.',
      'They turn twice every day.',
      'A dam holds the water back.',
    ]);
  });

  it('keeps other texts as one source, with attributes and front matter as fields', () => {
    const source = sourceOf('document', '---\nauthor: "Ada"\n---\n# Tides', { path: 'a.md' });
    expect([...source.fields]).toEqual([
      ['path', 'a.md'],
      ['author', 'Ada'],
    ]);
    expect(source.texts).toHaveLength(1);
    expect(sourceOf('document', ' \n').texts).toEqual([]);
  });

  it('takes broken JSON for text', () => {
    expect(sourceOf('document', '{"a": 1').texts).toEqual(['{"a": 1']);
  });

  it('keeps fields of any name apart from members of objects', () => {
    const source = sourceOf('document', '{"__proto__": {"x": "polluted"}, "constructor": "c"}');
    expect(lookUp(source, 'constructor')).toBe('c');
    expect(lookUp(source, 'toString')).toBeUndefined();
    expect(({} as { x?: string }).x).toBeUndefined();
  });
});

describe('lookUp', () => {
  it('minds no case or separators, and looks in what a source stands in', () => {
    const [first] = record.children;
    expect(lookUp(first?.children[0], 'PATH')).toBe('a.md');
    expect(lookUp(first, 'pa-th')).toBe('a.md');
    expect(lookUp(first, 'author')).toBeUndefined();
  });
});
