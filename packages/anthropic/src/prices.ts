import { type ModelPrice, type PriceTable, priceOf } from '@espalier/core';

const perMillion = (input: number, output: number, cachedInput: number): ModelPrice => ({
  input,
  output,
  cachedInput,
  cacheWrite: input * 1.25,
});

/**
 * List prices of Anthropic's models, for entries of the cache that live five minutes.
 * From https://platform.claude.com/docs/en/about-claude/pricing and the models' own pages, read in November 2026. They
 * change: give yours as `anthropic(model, { prices })`.
 */
export const anthropicPrices: PriceTable = {
  'claude-fable-5-2': perMillion(8, 40, 0.2),
  'claude-fable-5-1': perMillion(10, 50, 0.25),
  'claude-fable-5': perMillion(10, 50, 1),
  'claude-mythos-5-1': perMillion(10, 50, 0.25),
  'claude-mythos-5': perMillion(10, 50, 1),
  'claude-opus-5-5': perMillion(4, 20, 0.2),
  'claude-opus-5': perMillion(5, 25, 0.5),
  'claude-opus-4-8': perMillion(5, 25, 0.5),
  'claude-opus-4-7': perMillion(5, 25, 0.5),
  'claude-opus-4-6': perMillion(5, 25, 0.5),
  'claude-opus-4-5': perMillion(5, 25, 0.5),
  'claude-sonnet-5-5': perMillion(2, 10, 0.1),
  'claude-sonnet-5': perMillion(2, 10, 0.2),
  'claude-sonnet-4-6': perMillion(3, 15, 0.3),
  'claude-sonnet-4-5': perMillion(3, 15, 0.3),
  'claude-haiku-5-5': perMillion(0.1, 0.5, 0.01),
  'claude-haiku-4-5': perMillion(1, 5, 0.1),
};

/** Models that cost more where the prompt is long, cached tokens included. */
const longPrompts: Readonly<Record<string, { readonly above: number; readonly price: ModelPrice }>> = {
  'claude-haiku-5-5': { above: 100_000, price: perMillion(0.5, 2.5, 0.05) },
};

/** What a call of a model costs, a prompt of so many tokens given. The user's own prices come first. */
export function priceFor(model: string, inputTokens: number, prices: PriceTable = {}): ModelPrice | undefined {
  const own = priceOf(model, prices);
  if (own !== undefined) return own;
  const known = priceOf(model, anthropicPrices);
  const long = Object.entries(longPrompts).find(([name]) => anthropicPrices[name] === known)?.[1];
  return long !== undefined && inputTokens > long.above ? long.price : known;
}
