import { describe, expect, it } from '@jest/globals';
import { MaskedStream } from './masked-stream.js';
import { TextIndex } from './text-index.js';

const words = Array.from({ length: 2000 }, (_, index) => `word ${index}`).join(', ');

const mask = (said: string): string => (said.endsWith('…') ? '[sensitive]…' : '[sensitive]');

/** Counts how much text is searched. */
function stage(secret: string) {
  const index = new TextIndex();
  index.add(secret);
  const state = { searched: 0 };
  const stream = new MaskedStream({
    find: (text) => {
      state.searched += text.length;
      return index.find(text);
    },
    tailOf: (text) => index.tailOf(text),
  });
  return { state, stream };
}

/** A text in pieces of 1 to 7 characters, and what was shown after each. */
function shown(stream: MaskedStream, text: string): readonly string[] {
  const parts: string[] = [];
  for (let at = 0, size = 1; at < text.length; at += size, size = (size % 7) + 1) {
    parts.push(stream.next(text.slice(at, at + size)));
  }
  return [...parts, stream.end()];
}

describe('text in pieces that is the beginning of a long value', () => {
  it('is searched in time that is linear, and shown where it goes on in another way', () => {
    const { state, stream } = stage(`${words} and the end`);
    const parts = shown(stream, `${words}. ${'Another text. '.repeat(500)}`);
    expect(parts.join('')).toBe(`${words}. ${'Another text. '.repeat(500)}`);
    expect(parts.at(-1)).toHaveLength(0); // not only at its end
    expect(state.searched).toBeLessThan(20 * words.length);
  });

  it('is masked where it is the value, whole or cut, with what is before and after it as it is', () => {
    for (const said of [`${words} and the end`, `${words}…`]) {
      const { stream } = stage(`${words} and the end`);
      const masked = shown(stream, `Before ${said} after ${said}`).join('');
      expect(masked).toBe(`Before ${mask(said)} after ${mask(said)}`);
    }
  });

  it('is shown at the end, if it is no more than a beginning, and leaves nothing to the next text', () => {
    const { stream } = stage(`${words} and the end`);
    expect(shown(stream, words).join('')).toBe(words);
    expect(stream.next('short')).toBe('short');
  });

  it('shows short texts at once', () => {
    const { stream } = stage('secret');
    expect(['my s', 'ecre', 'cy, my secret', ', s'].map((piece) => stream.next(piece))).toEqual([
      'my ',
      '',
      'secrecy, my [sensitive]',
      ', ',
    ]);
  });
});
