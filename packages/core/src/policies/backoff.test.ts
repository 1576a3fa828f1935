import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { type BackoffOptions, exponential, fixed, type Jitter, linear } from './backoff.js';

const delays = (backoff: { delay(failed: number, random: number): number }, random = 0.5): readonly number[] =>
  [1, 2, 3, 4].map((failed) => backoff.delay(failed, random));

describe('backoff', () => {
  it('grows by a factor, by a step, or not at all', () => {
    expect(delays(exponential('200ms', { jitter: 'none' }))).toEqual([200, 400, 800, 1600]);
    expect(delays(exponential(100, { factor: 3, jitter: 'none' }))).toEqual([100, 300, 900, 2700]);
    expect(delays(linear('200ms'))).toEqual([200, 400, 600, 800]);
    expect(delays(fixed('200ms'))).toEqual([200, 200, 200, 200]);
  });

  it('stays under its cap', () => {
    expect(delays(exponential('200ms', { max: '0.5s', jitter: 'none' }))).toEqual([200, 400, 500, 500]);
    expect(delays(linear('200ms', { max: 300 }))).toEqual([200, 300, 300, 300]);
  });

  it('jitters exponential delays fully unless told otherwise, and others not at all', () => {
    expect(delays(exponential(100), 0)).toEqual([0, 0, 0, 0]);
    expect(delays(exponential(100), 0.5)).toEqual([50, 100, 200, 400]);
    expect(delays(exponential(100, { jitter: 'equal' }), 0)).toEqual([50, 100, 200, 400]);
    expect(delays(linear(100), 0)).toEqual([100, 200, 300, 400]);
    expect(delays(fixed(100, { jitter: 'full' }), 0.25)).toEqual([25, 25, 25, 25]);
  });

  it('never leaves its bounds, whatever the attempt and the random number (property)', () => {
    const jitters = fc.constantFrom<Jitter>('none', 'full', 'equal');
    fc.assert(
      fc.property(
        fc.nat(100_000),
        fc.integer({ min: 1, max: 1_000_000 }),
        fc.double({ min: 0.1, max: 10, noNaN: true }),
        jitters,
        fc.integer({ min: 1, max: 5000 }),
        fc.double({ min: 0, max: 1, maxExcluded: true, noNaN: true }),
        (base, max, factor, jitter, failed, random) => {
          const whole = exponential(base, { max, factor, jitter: 'none' }).delay(failed, random);
          const delay = exponential(base, { max, factor, jitter }).delay(failed, random);
          expect(whole).toBeLessThanOrEqual(max);
          expect(delay).toBeLessThanOrEqual(Math.ceil(whole));
          expect(delay).toBeGreaterThanOrEqual(jitter === 'full' ? 0 : Math.floor(whole / 2));
        },
      ),
    );
  });

  it('is a number also where a power is infinite', () => {
    expect(exponential(0).delay(5000, 0.5)).toBe(0);
    expect(exponential(1, { jitter: 'none' }).delay(5000, 0.5)).toBe(Number.MAX_SAFE_INTEGER);
  });

  it('says the same as plain data', () => {
    expect(exponential('1s', { max: '1m' }).options).toEqual({
      kind: 'exponential',
      base: 1000,
      max: 60_000,
      factor: 2,
      jitter: 'full',
    });
  });

  it.each<[() => unknown, string]>([
    [() => exponential('1 week' as never), 'exponential: expected a duration such as'],
    [() => exponential(1, { factor: 0 }), 'exponential({ factor }): expected a number above 0, got 0 (number).'],
    [() => exponential(1, { max: -1 }), 'exponential({ max }): expected a duration'],
    [
      () => linear(1, { jitter: 'some' } as unknown as BackoffOptions),
      `linear({ jitter }): expected 'none', 'full' or 'equal', got "some" (string).`,
    ],
    [() => fixed(1, { max: 5 } as never), "fixed: expected jitter, got 'max'."],
    [() => exponential(1, 5 as never), 'exponential: expected options { max, factor, jitter }, got 5 (number).'],
  ])('refuses wrong options: %#', (make, message) => {
    expect(make).toThrow(message);
  });
});
