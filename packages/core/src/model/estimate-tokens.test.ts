import { userText } from '@espalier/core';
import { describe, expect, it } from '@jest/globals';
import { estimateTokens } from './estimate-tokens.js';

describe('the estimate of tokens', () => {
  it('is a quarter of the characters', () => {
    expect(estimateTokens('12345678')).toBe(2);
    expect(estimateTokens({ a: 'bcd' })).toBe(3);
    expect(estimateTokens({ messages: [userText('x'.repeat(4000))] })).toBeGreaterThan(1000);
    expect(estimateTokens({ messages: [userText('x'.repeat(4000))] })).toBeLessThan(1050);
  });

  it('does not count the characters of files', () => {
    const file = (mediaType: string, bytes: number) =>
      estimateTokens({
        messages: [{ role: 'user', content: [{ type: 'file', mediaType, data: 'A'.repeat((bytes * 4) / 3) }] }],
      });
    expect(file('image/png', 3_000_000)).toBeLessThan(1700);
    expect(file('application/pdf', 300_000)).toBeLessThan(13_000);
    expect(file('text/plain', 4000)).toBeGreaterThan(1000);
  });
});
