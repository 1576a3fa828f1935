import { describe, expect, it } from '@jest/globals';
import { diffLines } from './diff-lines.js';

const lines = (...texts: readonly string[]): string => texts.join('\n');

describe('diffLines', () => {
  it('is empty for equal texts', () => {
    expect(diffLines('a\nb', 'a\nb')).toBe('');
  });

  it('shows what was removed and added, with two lines around', () => {
    const before = lines('1', '2', '3', 'old', '5', '6', '7', '8', '9', '10', 'gone');
    const after = lines('1', '2', '3', 'new', '5', '6', '7', '8', '9', '10');
    expect(diffLines(before, after)).toBe(
      lines('  …', '  2', '  3', '- old', '+ new', '  5', '  6', '  …', '  9', '  10', '- gone').slice(4),
    );
  });

  it('keeps what is common in the middle', () => {
    expect(diffLines(lines('a', 'x', 'b', 'y'), lines('x', 'c', 'y', 'd'))).toBe(
      lines('- a', '  x', '- b', '+ c', '  y', '+ d'),
    );
  });

  it('has a limit, and tells how much more there is', () => {
    const many = (sign: string) => Array.from({ length: 50 }, (_, index) => `${sign}${index}`).join('\n');
    const shown = diffLines(many('a'), many('b'), 10).split('\n');
    expect([shown.length, shown.at(-1)]).toEqual([11, '  … 90 more lines']);
  });

  it('does not compare line by line what is very long', () => {
    const half = (sign: string, length: number) => Array.from({ length }, (_, index) => `${sign}${index}`).join('\n');
    const diff = (length: number) =>
      diffLines(
        `${half('a', length)}\nsame\n${half('b', length)}`,
        `${half('c', length)}\nsame\n${half('d', length)}`,
        1e4,
      )
        .split('\n')
        .filter((line) => line.endsWith('same'));
    expect(diff(500)).toEqual(['  same']);
    expect(diff(1500)).toEqual(['- same', '+ same']);
  });
});
