import { escapePattern } from '../text/escape-pattern.js';

/** A stretch of a text, by offsets. */
export interface Window {
  readonly start: number;
  readonly end: number;
}

const size = 65_536;

/**
 * Which parts of a text are read when it is longer than `budget` characters: its beginning, then the stretches of about
 * 64 thousand characters with most hits of the given words, or evenly spread ones without hits. In text order.
 */
export function chooseWindows(text: string, budget: number, words: readonly string[]): readonly Window[] {
  if (text.length <= budget) return [{ start: 0, end: text.length }];
  const windows = cut(text);
  const count = Math.max(1, Math.floor(budget / size));
  const hits = countHits(text, windows, words);
  const stride = windows.length / count;
  const spread = new Set(Array.from({ length: count }, (_, index) => Math.floor(index * stride)));
  return windows
    .map((window, index) => ({
      window,
      index,
      worth: index === 0 ? Number.POSITIVE_INFINITY : (hits[index] ?? 0) + (spread.has(index) ? 0.5 : 0),
    }))
    .sort((left, right) => right.worth - left.worth || left.index - right.index)
    .slice(0, count)
    .sort((left, right) => left.index - right.index)
    .map((entry) => entry.window);
}

/** Cuts at blank lines or line breaks where there are any near the size. */
function cut(text: string): readonly Window[] {
  const windows: Window[] = [];
  for (let start = 0; start < text.length; ) {
    let end = Math.min(text.length, start + size);
    if (end < text.length) {
      const tail = text.slice(end - size / 4, end);
      const blank = tail.lastIndexOf('\n\n');
      const line = blank === -1 ? tail.lastIndexOf('\n') : blank;
      if (line !== -1) end = end - size / 4 + line + 1;
    }
    windows.push({ start, end });
    start = end;
  }
  return windows;
}

/** Different words count for much, repetitions for little. */
function countHits(text: string, windows: readonly Window[], words: readonly string[]): readonly number[] {
  const stems = words.map((word) => word.toLowerCase().slice(0, Math.max(4, word.length - 3))).slice(0, 24);
  if (stems.length === 0) return [];
  const pattern = new RegExp(stems.map(escapePattern).join('|'), 'gi');
  return windows.map(({ start, end }) => {
    const counts = new Map<string, number>();
    for (const hit of text.slice(start, end).matchAll(pattern)) {
      const word = hit[0].toLowerCase();
      counts.set(word, (counts.get(word) ?? 0) + 1);
    }
    return [...counts.values()].reduce((sum, count) => sum + 1 + Math.log(count), 0);
  });
}
