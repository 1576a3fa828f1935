import { describe, expect, it } from '@jest/globals';
import { ownerOf, scopeText } from './memory-scope.js';

/** Ids that are made to be taken for others, or for the marks between them. */
const parts = [
  'a',
  'A',
  '"',
  '\\',
  '\n',
  '\r\n',
  '=',
  '*',
  '*\n',
  '"="',
  '"\n"',
  'é',
  'e\u0301',
  '\ud800',
  '\udc00',
  '\u0000',
];
const more = ['../', '__proto__', 'constructor', '"user"="a"\n', '\\"', '\\n', ' ', '\u2028', '💧', '1', '01'];

describe('the text of a scope', () => {
  it('is the same for the same ids only, and tells them again', () => {
    const ids = [...parts, ...more];
    const all = [...ids, ...ids.flatMap((one) => ids.map((two) => one + two))];
    const texts = new Map<string, string>();
    for (const user of all) {
      const text = scopeText('user', { user }, 'Memory');
      expect(texts.get(text) ?? user).toBe(user);
      texts.set(text, user);
      expect(ownerOf(text)).toEqual({ user });
    }
  });

  it('of one begins with that of another only if it lies within: no id can reach out of its field', () => {
    const ids = [...parts, ...more];
    for (const tenant of ids) {
      const outer = scopeText('tenant', { tenant }, 'Memory');
      for (const other of ids) {
        for (const user of ids) {
          const inner = scopeText(['tenant', 'user'], { tenant: other, user }, 'Memory');
          expect(inner.startsWith(outer)).toBe(other === tenant);
          expect(ownerOf(inner)).toEqual({ tenant: other, user });
        }
        expect(scopeText('tenant', { tenant: other }, 'Memory').startsWith(outer)).toBe(other === tenant);
        expect(scopeText('user', { user: other }, 'Memory').startsWith(outer)).toBe(false);
      }
      expect(outer.startsWith(scopeText('shared', {}, 'Memory'))).toBe(false);
    }
  });

  it('is nobody’s in particular for what is shared, with any identity or none', () => {
    expect(scopeText('shared', undefined, 'Memory')).toBe(scopeText('shared', { shared: 'x' }, 'Memory'));
    expect(ownerOf(scopeText('shared', undefined, 'Memory'))).toEqual({});
  });

  it.each(['__proto__', 'constructor', 'toString', 'hasOwnProperty'])(
    'finds no %p in an identity that has none',
    (field) => {
      expect(() => scopeText(field, {}, "Memory 'm'")).toThrow(
        expect.objectContaining({ code: 'memory-scope-missing' }),
      );
    },
  );
});
