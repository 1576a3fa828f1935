import { describe, expect, it } from '@jest/globals';
import { wrapLines } from './wrap-lines.js';

describe('wrapLines', () => {
  it('breaks between words, and keeps lists and quotes what they are', () => {
    expect(wrapLines('# Title\n\n- one two three four five six\n> seven eight nine ten eleven', 20)).toBe(
      '# Title\n\n- one two three four\n  five six\n> seven eight nine\n> ten eleven',
    );
  });

  it('leaves a word whole that is longer than the line', () => {
    expect(wrapLines('see abcdefghijklmnopqrstuvwxyz now', 20)).toBe('see\nabcdefghijklmnopqrstuvwxyz\nnow');
  });
});
