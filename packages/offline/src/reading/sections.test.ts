import { describe, expect, it } from '@jest/globals';
import { splitSections } from './sections.js';

describe('splitSections', () => {
  it('takes tags at the start of a line for sections, and the rest for the task', () => {
    expect(splitSections('Do it.\n\n<note kind="a" size="2">\nOne\n</note>\n\nNow.')).toEqual({
      free: 'Do it.\n\n\n\nNow.',
      sections: [{ name: 'note', text: 'One', attributes: { kind: 'a', size: '2' } }],
    });
  });

  it('minds sections of the same name inside', () => {
    const { sections } = splitSections('<one>\nx\n<one>\ny\n</one>\nz\n</one>\n<two>w</two>');
    expect(sections.map(({ name, text }) => [name, text])).toEqual([
      ['one', 'x\n<one>\ny\n</one>\nz'],
      ['two', 'w'],
    ]);
  });

  it('is not misled by a tag within JSON', () => {
    const json = JSON.stringify({ text: 'It ends with </document> here.' });
    expect(splitSections(`<document>\n${json}\n</document>`).sections[0]?.text).toBe(json);
  });

  it('takes HTML and tags that are never closed for text', () => {
    expect(splitSections('<p>\nText\n</p>').sections).toEqual([]);
    expect(splitSections('<note>\nText').sections).toEqual([]);
    expect(splitSections('A <note>x</note>').sections).toEqual([]);
  });

  it('closes an unbalanced section with the last tag', () => {
    expect(splitSections('<one>\n1\n<one>\n2\n</one>').sections.map(({ text }) => text)).toEqual(['1\n<one>\n2']);
  });

  it('takes headings of one small word for sections where there are no tags', () => {
    expect(splitSections('Do it.\n\n## findings\n\nA\n\n## Results\n\nB\n\n## verdict[2]\n\nC').sections).toEqual([
      { name: 'findings', text: 'A\n\n## Results\n\nB', attributes: {} },
      { name: 'verdict[2]', text: 'C', attributes: {} },
    ]);
  });

  it('takes time linear in tags that are never closed', () => {
    const start = performance.now();
    splitSections('<note>\n'.repeat(100_000));
    splitSections(`${'<note>\n'.repeat(50_000)}${'</note>\n'.repeat(10_000)}`);
    expect(performance.now() - start).toBeLessThan(5_000);
  });
});
