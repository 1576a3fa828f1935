import { describe, expect, it } from '@jest/globals';
import { anthropic } from './anthropic.js';
import { anthropicPrices, priceFor } from './prices.js';
import { sumOfUsage, usageOf } from './usage.js';

describe('the price of a call', () => {
  it.each([
    ['claude-opus-5-5', 4, 20, 0.2, 5],
    ['claude-haiku-4-5-20251001', 1, 5, 0.1, 1.25],
    ['claude-sonnet-5-5', 2, 10, 0.1, 2.5],
  ])('%s', (model, input, output, cachedInput, cacheWrite) => {
    expect(priceFor(model, 1000)).toEqual({ input, output, cachedInput, cacheWrite });
  });

  it('of a model that is not known is not known', () => {
    expect(priceFor('claude-sonnet-7', 1000)).toBeUndefined();
    expect(priceFor('claude-opus-5-6', 1000)).toBeUndefined();
    expect(usageOf({ input_tokens: 1, output_tokens: 2 }, 'claude-sonnet-7')).toEqual({
      inputTokens: 1,
      outputTokens: 2,
    });
  });

  it('is another one for long prompts, where the provider makes a difference', () => {
    expect(priceFor('claude-haiku-5-5', 100_000)?.input).toBe(0.1);
    expect(priceFor('claude-haiku-5-5', 100_001)?.input).toBe(0.5);
    expect(priceFor('claude-opus-5-5', 900_000)).toBe(anthropicPrices['claude-opus-5-5']);
  });

  it('is what the program says, before anything else', () => {
    const prices = { 'claude-haiku-5-5': { input: 7, output: 8 } };
    expect(priceFor('claude-haiku-5-5', 200_000, prices)).toEqual({ input: 7, output: 8 });
    expect(usageOf({ input_tokens: 1_000_000 }, 'claude-haiku-5-5', prices).cost).toBe(7);
    expect(priceFor('claude-opus-5', 1, prices)).toBe(anthropicPrices['claude-opus-5']);
  });
});

describe('the usage of an answer in parts', () => {
  it('is the sum of what is told', () => {
    expect(
      sumOfUsage(
        { inputTokens: 1, outputTokens: 2, cost: 3 },
        { inputTokens: 10, outputTokens: 20, reasoningTokens: 5, cost: 1 },
      ),
    ).toEqual({ inputTokens: 11, outputTokens: 22, reasoningTokens: 5, cost: 4 });
  });
});

describe('a model', () => {
  it('tells its price, which budgets set aside', () => {
    expect(anthropic('claude-haiku-4-5').price).toEqual(anthropicPrices['claude-haiku-4-5']);
    const prices = { 'claude-haiku-4-5': { input: 1, output: 2 } };
    expect(anthropic('claude-haiku-4-5', { prices }).price).toEqual({ input: 1, output: 2 });
    expect(anthropic('claude-of-tomorrow')).not.toHaveProperty('price');
  });
});
