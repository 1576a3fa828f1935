import { userText } from '@espalier/core';
import { describe, expect, it } from '@jest/globals';
import type { ThreadEntry, ThreadTurn } from './thread-store.js';
import { isWindowFull, windowOf } from './thread-window.js';

/** A turn of about so many tokens. */
const turn = (key: string, tokens: number): ThreadEntry => ({
  kind: 'turn',
  key,
  runId: 'r',
  node: 'desk',
  time: 0,
  messages: [userText('x'.repeat(tokens * 4 - JSON.stringify([userText('')]).length))],
});

const summary = (covers: number, tokens: number): ThreadEntry => ({
  kind: 'summary',
  key: `summary-${covers}`,
  covers,
  text: 'x'.repeat(tokens * 4),
  time: 0,
});

const all = (...entries: readonly ThreadEntry[]) => ({ from: 0, entries });

const keys = (entries: readonly ThreadEntry[]) => entries.map(({ key }) => key);

describe('the window of a thread', () => {
  it('has the newest whole turns that fit', () => {
    const { turns, left, covered } = windowOf(all(turn('a', 50), turn('b', 50), turn('c', 50)), 120);
    expect([keys(turns), keys(left), covered]).toEqual([['b', 'c'], ['a'], 1]);
  });

  it('always has the newest turn', () => {
    const { turns, left } = windowOf(all(turn('a', 50), turn('b', 500)), 120);
    expect([keys(turns), keys(left)]).toEqual([['b'], ['a']]);
  });

  it('begins with the newest summary, which takes of the room and stands for what it covers', () => {
    const entries = [turn('a', 50), turn('b', 50), summary(1, 10), turn('c', 50), summary(2, 60), turn('d', 50)];
    const window = windowOf(all(...entries), 120);
    expect(window.summary?.key).toBe('summary-2');
    expect([keys(window.turns), keys(window.left), window.covered]).toEqual([['d'], ['c'], 5]);
  });

  it('needs no summary where every turn fits', () => {
    const {
      summary: none,
      turns,
      left,
    } = windowOf(all(turn('a', 50), turn('b', 50), summary(1, 10), turn('c', 50)), 200);
    expect([none, keys(turns), left]).toEqual([undefined, ['a', 'b', 'c'], []]);
  });

  it('counts an image as models do, not by its characters', () => {
    const image: ThreadEntry = {
      ...(turn('image', 50) as ThreadTurn),
      messages: [{ role: 'user', content: [{ type: 'file', mediaType: 'image/png', data: 'A'.repeat(4_000_000) }] }],
    };
    expect(keys(windowOf(all(turn('a', 50), image, turn('b', 50)), 2000).turns)).toEqual(['a', 'image', 'b']);
  });

  it('is empty for an empty thread', () => {
    expect(windowOf(all(), 100)).toEqual({ summary: undefined, left: [], turns: [], covered: 0 });
  });

  it('of the newest entries tells where it begins in the thread', () => {
    const entries = [turn('d', 50), summary(3, 10), turn('e', 50), turn('f', 50)];
    const { turns, left, covered } = windowOf({ from: 2, entries }, 120);
    expect([keys(turns), keys(left), covered]).toEqual([['e', 'f'], [], 4]);
    expect(windowOf({ from: 9, entries }, 70)).toMatchObject({ left: [{ key: 'd' }, { key: 'e' }], covered: 12 });
  });

  it('is full where older entries would change nothing', () => {
    const entries = [turn('d', 50), summary(3, 10), turn('e', 50), turn('f', 50)];
    expect(isWindowFull({ from: 3, entries }, 120, 400)).toBe(true); // the summary covers what is not read
    expect(isWindowFull({ from: 4, entries }, 120, 400)).toBe(false); // it does not
    expect(isWindowFull({ from: 4, entries }, 120, 20)).toBe(true); // nobody reads more
    expect(isWindowFull({ from: 3, entries }, 200, 400)).toBe(false); // all of it may fit
    expect(isWindowFull({ from: 3, entries: [] }, 120, 400)).toBe(false);
  });
});
