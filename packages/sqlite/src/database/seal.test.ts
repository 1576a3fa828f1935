import { createSecretKey, randomBytes } from 'node:crypto';
import { describe, expect, it } from '@jest/globals';
import { sealerOf } from './seal.js';

const key = createSecretKey(randomBytes(32));
const { seal, open } = sealerOf(key);

describe('seal', () => {
  it.each(['', 'a', 'ü\u0000🌊', 'x'.repeat(100_000)])('is opened for the same place: %#', (text) => {
    expect(open(seal(text, 'here'), 'here').toString()).toBe(text);
    expect(open(seal(Buffer.from(text), 'here'), 'here').toString()).toBe(text);
  });

  it('has a nonce of its own each time, also where many are asked for', () => {
    const sealed = Array.from({ length: 2000 }, () => Buffer.from(seal('same', '')));
    const different = (from: number, to?: number): number =>
      new Set(sealed.map((bytes) => bytes.subarray(from, to).toString('hex'))).size;
    expect(different(0, 16)).toBe(1);
    expect(different(16, 28)).toBe(2000);
    expect(different(44)).toBe(2000);
  });

  it('is opened by whoever has the key, and each has salts of its own: no derived key seals more than some bodies', () => {
    const other = sealerOf(key, 100);
    const sealed = Array.from({ length: 301 }, () => Buffer.from(other.seal('x', '')));
    const salts = sealed.map((bytes) => bytes.subarray(0, 16).toString('hex'));
    expect(sealed.every((bytes) => open(bytes, '').toString() === 'x')).toBe(true);
    expect([0, 100, 200, 300].map((first) => new Set(salts.slice(first, first + 100)).size)).toEqual([1, 1, 1, 1]);
    expect(new Set(salts).size).toBe(4);
    expect(salts).not.toContain(Buffer.from(seal('x', '')).subarray(0, 16).toString('hex'));
  });

  it('is opened whatever number of processes have written, and again', () => {
    const sealed = Array.from({ length: 600 }, (_, index) => sealerOf(key).seal(`text ${index}`, ''));
    for (const round of [sealed, [...sealed].reverse()]) {
      expect(new Set(round.map((bytes) => open(bytes, '').toString())).size).toBe(600);
    }
  });

  it('is not opened for another place, with another key, or cut off', () => {
    const sealed = seal('text', 'here');
    expect(() => open(sealed, 'there')).toThrow();
    expect(() => sealerOf(createSecretKey(randomBytes(32))).open(sealed, 'here')).toThrow();
    for (let length = 0; length < sealed.length; length++) {
      expect(() => open(sealed.subarray(0, length), 'here')).toThrow();
    }
  });

  it('is not opened with a single bit changed, wherever it is', () => {
    const sealed = seal('text', 'here');
    for (let bit = 0; bit < 8 * sealed.length; bit++) {
      const changed = Uint8Array.from(sealed);
      changed[bit >> 3] = (changed[bit >> 3] as number) ^ (1 << (bit & 7));
      expect(() => open(changed, 'here')).toThrow();
    }
  });

  it.each(['text', 5, null, undefined])('opens nothing that is not encrypted: %p', (stored) => {
    expect(() => open(stored, 'here')).toThrow('It is not encrypted.');
  });
});
