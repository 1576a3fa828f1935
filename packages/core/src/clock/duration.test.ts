import { describe, expect, it } from '@jest/globals';
import { type Duration, milliseconds } from './duration.js';

describe('milliseconds', () => {
  it.each<[Duration, number]>([
    [0, 0],
    [1500, 1500],
    ['200ms', 200],
    ['1.5s', 1500],
    ['60s', 60_000],
    ['1 second', 1000],
    ['2 seconds', 2000],
    ['5m', 300_000],
    ['5min', 300_000],
    ['1 minute', 60_000],
    ['2 minutes', 120_000],
    ['2h', 7_200_000],
    ['1 hour', 3_600_000],
    ['2 hours', 7_200_000],
    ['1d', 86_400_000],
    ['1 day', 86_400_000],
    ['3 days', 259_200_000],
    ['20_000ms' as Duration, 20_000],
  ])('reads %p as %d ms', (duration, expected) => {
    expect(milliseconds(duration, 'it')).toBe(expected);
  });

  it.each([
    ['5 weeks', '"5 weeks" (string)'],
    ['5', '"5" (string)'],
    ['', '"" (string)'],
    ['-5s', '"-5s" (string)'],
    ['5  s', '"5  s" (string)'],
    ['5S', '"5S" (string)'],
    ['1e3ms', '"1e3ms" (string)'],
    ['5 constructor', '"5 constructor" (string)'],
    [-1, '-1 (number)'],
    [Number.NaN, 'NaN (number)'],
    [Number.POSITIVE_INFINITY, 'Infinity (number)'],
    [null, 'null'],
    [undefined, 'undefined'],
    [{ seconds: 5 }, 'Object (object)'],
  ])('refuses %p and says what it wants', (duration, got) => {
    expect(() => milliseconds(duration as Duration, '@Timeout')).toThrow(
      `@Timeout: expected a duration such as 1500, '200ms', '60s', '5m', '2h' or '3 days', got ${got}.`,
    );
  });

  it('refuses a text that is longer than time', () => {
    expect(() => milliseconds(`${'9'.repeat(400)} days` as Duration, '@Timeout')).toThrow('expected a duration');
  });
});
