import { costOf } from '@espalier/core';
import { describe, expect, it } from '@jest/globals';
import { openai, openaiCompatible } from './openai.js';
import { openaiPrices, priceFor } from './prices.js';

const usage = {
  inputTokens: 1_000_000,
  outputTokens: 1_000_000,
  cachedInputTokens: 200_000,
  cacheWriteTokens: 100_000,
};

describe('priceFor', () => {
  it('is the list price of the model or of its dated version', () => {
    const price = priceFor('gpt-5.5-2026-04-23', 1000, 'default', {});
    expect(price).toEqual({ input: 5, cachedInput: 0.5, cacheWrite: 5, output: 30 });
    expect(priceFor('gpt-7', 1000, null, {})).toBeUndefined();
  });

  it('knows what is written into the cache', () => {
    const price = priceFor('gpt-6.1-terra', 1000, undefined, {});
    expect(costOf(usage, price as never)).toBeCloseTo(0.7 * 1 + 0.2 * 0.05 + 0.1 * 1.25 + 5, 9);
  });

  it('follows the tier that served the call', () => {
    expect(priceFor('gpt-5.4', 1000, 'flex', {})).toMatchObject({ input: 1.25, output: 7.5 });
    expect(priceFor('gpt-5.4', 1000, 'priority', {})).toMatchObject({ input: 5, output: 30 });
  });

  it('is higher for long prompts, of the models that take them', () => {
    expect(priceFor('gpt-6.1-terra', 272_001, undefined, {})).toEqual({
      input: 2,
      cachedInput: 0.1,
      cacheWrite: 2.5,
      output: 7.5,
    });
    expect(priceFor('gpt-6.1-terra', 272_000, undefined, {})).toMatchObject({ input: 1 });
    expect(priceFor('gpt-5.4-mini', 272_001, undefined, {})).toMatchObject({ input: 0.75 });
  });

  it("is the user's own first, as it is", () => {
    const own = { 'gpt-5.5': { input: 1, output: 2 } };
    expect(priceFor('gpt-5.5', 1_000_000, 'priority', own)).toEqual({ input: 1, output: 2 });
  });

  it('never gives cached input dearer than other input', () => {
    for (const { input, cachedInput = input, output } of Object.values(openaiPrices)) {
      expect(cachedInput).toBeLessThanOrEqual(input);
      expect(output).toBeGreaterThan(input);
    }
  });
});

describe('a model', () => {
  it('tells its price, which budgets set aside', () => {
    expect(openai('gpt-5.4-mini').price).toEqual({ input: 0.75, cachedInput: 0.075, cacheWrite: 0.75, output: 4.5 });
    const prices = { llama: { input: 1, output: 2 } };
    expect(openaiCompatible('http://localhost:11434/v1', 'llama', { prices }).price).toEqual(prices.llama);
    expect(openaiCompatible('http://localhost:11434/v1', 'gpt-5')).not.toHaveProperty('price');
  });
});
