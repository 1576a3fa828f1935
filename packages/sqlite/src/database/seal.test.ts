import { createSecretKey, randomBytes } from 'node:crypto';
import { describe, expect, it } from '@jest/globals';
import { open, seal } from './seal.js';

const key = createSecretKey(randomBytes(32));

describe('seal', () => {
  it.each(['', 'a', 'ü\u0000🌊', 'x'.repeat(100_000)])('is opened for the same place: %#', (text) => {
    expect(open(key, seal(key, text, 'here'), 'here').toString()).toBe(text);
    expect(open(key, seal(key, Buffer.from(text), 'here'), 'here').toString()).toBe(text);
  });

  it('has a nonce of its own each time, also where many are asked for', () => {
    const sealed = Array.from({ length: 2000 }, () => Buffer.from(seal(key, 'same', '')));
    expect(new Set(sealed.map((bytes) => bytes.subarray(0, 12).toString('hex'))).size).toBe(2000);
    expect(new Set(sealed.map((bytes) => bytes.subarray(28).toString('hex'))).size).toBe(2000);
  });

  it('is not opened for another place, with another key, or cut off', () => {
    const sealed = seal(key, 'text', 'here');
    expect(() => open(key, sealed, 'there')).toThrow();
    expect(() => open(createSecretKey(randomBytes(32)), sealed, 'here')).toThrow();
    for (let length = 0; length < sealed.length; length++) {
      expect(() => open(key, sealed.subarray(0, length), 'here')).toThrow();
    }
  });

  it('is not opened with a single bit changed, wherever it is', () => {
    const sealed = seal(key, 'text', 'here');
    for (let bit = 0; bit < 8 * sealed.length; bit++) {
      const changed = Uint8Array.from(sealed);
      changed[bit >> 3] = (changed[bit >> 3] as number) ^ (1 << (bit & 7));
      expect(() => open(key, changed, 'here')).toThrow();
    }
  });

  it.each(['text', 5, null, undefined])('opens nothing that is not encrypted: %p', (stored) => {
    expect(() => open(key, stored, 'here')).toThrow('It is not encrypted.');
  });
});
