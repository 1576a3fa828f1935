import { describe, expect, it } from '@jest/globals';
import { costOf, priceOf } from './price.js';

const large = { input: 2, output: 8, cachedInput: 0.5, cacheWrite: 2.5 };
const mini = { input: 1, output: 4 };

describe('the price of a call', () => {
  it('is that of the tokens, cached ones by their own price', () => {
    expect(costOf({ inputTokens: 1_000_000, outputTokens: 500_000 }, large)).toBe(6);
    const usage = { inputTokens: 1_000_000, cachedInputTokens: 400_000, cacheWriteTokens: 100_000, outputTokens: 0 };
    expect(costOf(usage, large)).toBeCloseTo(1 + 0.2 + 0.25);
    expect(costOf(usage, mini)).toBe(1);
  });

  it('never counts below nothing what a provider counts oddly', () => {
    expect(costOf({ inputTokens: 10, cachedInputTokens: 50, outputTokens: 0 }, large)).toBeCloseTo(25e-6);
  });

  it('is found by name, and for the dated versions of a name', () => {
    const table = { 'acme-5': large, 'acme-5-mini': mini };
    expect(priceOf('acme-5', table)).toBe(large);
    expect(priceOf('acme-5-2026-08-07', table)).toBe(large);
    expect(priceOf('acme-5-latest', table)).toBe(large);
    expect(priceOf('acme-5-mini-20260807', table)).toBe(mini);
    expect(priceOf('acme-5-nano', table)).toBeUndefined();
    expect(priceOf('acme-5-1', table)).toBeUndefined();
    expect(priceOf('acme-5.1', table)).toBeUndefined();
    expect(priceOf('acme-5-001', table)).toBe(large);
    expect(priceOf('constructor', table)).toBeUndefined();
  });
});
