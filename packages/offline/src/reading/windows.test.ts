import { describe, expect, it } from '@jest/globals';
import { chooseWindows } from './windows.js';

const filler = 'The keeper of the lighthouse noted the weather.\n\n'.repeat(2_000);
const size = 65_536;

describe('chooseWindows', () => {
  it('reads a text within the budget whole', () => {
    expect(chooseWindows('abc', 3, [])).toEqual([{ start: 0, end: 3 }]);
  });

  it('reads the beginning and what holds the words, in order and without overlap', () => {
    const text = `${filler}${filler}The barrage of La Rance.\n\n${filler}${filler}`;
    const windows = chooseWindows(text, size * 2, ['barrages']);
    expect(windows).toHaveLength(2);
    expect(windows[0]?.start).toBe(0);
    expect(text.slice(windows[1]?.start, windows[1]?.end)).toContain('La Rance');
    expect(windows[1]?.start).toBeGreaterThanOrEqual(windows[0]?.end ?? 0);
  });

  it('spreads over the text where nothing tells', () => {
    const text = filler.repeat(10);
    const starts = chooseWindows(text, size * 3, []).map(({ start }) => start);
    expect(starts[0]).toBe(0);
    expect(starts.at(-1)).toBeGreaterThan(text.length / 2);
  });

  it('cuts between paragraphs, and takes words for words', () => {
    const [first] = chooseWindows(filler, size, ['(', '+', '[x']);
    expect(filler.slice(0, first?.end).trimEnd().endsWith('weather.')).toBe(true);
  });

  it('cuts a text without line breaks too', () => {
    const windows = chooseWindows('x'.repeat(size * 4), size * 2, []);
    expect(windows.every(({ start, end }) => end - start <= size)).toBe(true);
  });
});
