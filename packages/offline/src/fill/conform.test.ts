import { describe, expect, it } from '@jest/globals';
import { conform } from './conform.js';
import { findFormat, formatFits } from './formats.js';
import { sampleOf } from './pattern-sample.js';
import { resolved } from './resolve.js';

describe('conform', () => {
  it('takes the first candidate that fits as it stands or in another size or spelling', () => {
    expect(conform({ minLength: 3 }, ['ab', 'abc'], '')).toEqual({ value: 'ab.', found: true });
    expect(conform({ pattern: '^[a-z-]+$' }, ['Tidal Power!'], '')).toEqual({ value: 'tidal-power', found: true });
    expect(conform({ pattern: '^[A-Z]-\\d+$' }, ['Order A-12 of today'], '')).toEqual({ value: 'A-12', found: true });
  });

  it('says when it found nothing', () => {
    expect(conform({ format: 'email' }, ['nobody'], '')).toEqual({ value: 'unknown@example.invalid', found: false });
    expect(conform({}, [], '')).toEqual({ value: '', found: false });
  });
});

describe('sampleOf', () => {
  it.each([
    '^[a-z][a-z0-9-]*$',
    '^\\d{4}-[A-F]{2}$',
    '^(yes|no)$',
    '^(?:ab?)+c{2,}$',
    '^[^a]+\\.txt$',
    '^(?<year>\\d+)\\/x$',
    '^.{3,9}$',
  ])('matches %s', (pattern) => {
    expect(sampleOf({ pattern })).toMatch(new RegExp(pattern, 'u'));
    expect(sampleOf({ pattern, minLength: 4 })).toMatch(new RegExp(pattern, 'u'));
  });

  it('gives up on what it does not know', () => {
    for (const pattern of ['(?=a)b', '(a)\\1', '[', '(']) expect(() => sampleOf({ pattern })).not.toThrow();
    expect(sampleOf({ pattern: '(?=a)b' })).toBeUndefined();
    expect(sampleOf({})).toBeUndefined();
  });
});

describe('formats', () => {
  it('finds values and brings them into their format', () => {
    expect(findFormat('date', 'On 2024-02-30 and 2024-02-29.')).toEqual(['2024-02-29']);
    expect(findFormat('date-time', 'At 2024-02-29 10:30.')).toEqual(['2024-02-29T10:30:00Z']);
    expect(findFormat('unknown', 'x')).toEqual([]);
  });

  it('judges values', () => {
    expect(formatFits('date', '2023-02-29')).toBe(false);
    expect(formatFits('uri', 'https://example.org/a')).toBe(true);
    expect(formatFits('uuid', 'no')).toBe(false);
    expect(formatFits('made-up', 'anything')).toBe(true);
  });
});

describe('resolved', () => {
  it('follows references, merges parts, and takes the stricter bounds', () => {
    const root = { $defs: { Short: { type: 'string', maxLength: 5, minLength: 1 } } };
    expect(resolved({ allOf: [{ $ref: '#/$defs/Short' }, { minLength: 2, maxLength: 9 }] }, root)).toEqual({
      type: 'string',
      maxLength: 5,
      minLength: 2,
    });
  });

  it('ends on a reference to itself, and on one to nowhere', () => {
    expect(resolved({ $ref: '#' }, { $ref: '#' })).toBeDefined();
    expect(resolved({ $ref: '#/$defs/Gone', type: 'string' }, {})).toEqual({ type: 'string' });
  });
});
