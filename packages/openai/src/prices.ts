import { type ModelPrice, type PriceTable, priceOf } from '@espalier/core';

const price = (input: number, cachedInput: number, output: number): ModelPrice => ({ input, cachedInput, output });

/** From GPT-5.6 on, what is written into the cache costs a quarter more than other input. */
const written = (input: number, cachedInput: number, output: number): ModelPrice => ({
  ...price(input, cachedInput, output),
  cacheWrite: input * 1.25,
});

/**
 * List prices of OpenAI's models: standard processing, entries of the cache that live 30 minutes.
 * From https://developers.openai.com/api/docs/pricing and pages that quote it, read in November 2026. They change: give
 * yours as `openai(model, { prices })`.
 */
export const openaiPrices: PriceTable = {
  'gpt-6-astra': written(10, 1, 50),
  'gpt-6.1-sol': written(2, 0.1, 10),
  'gpt-6.1-terra': written(1, 0.05, 5),
  'gpt-6-sol': written(2, 0.2, 10),
  'gpt-6-luna': written(0.1, 0.01, 0.5),
  'gpt-5.6-sol': written(4, 0.4, 20),
  'gpt-5.6-terra': written(2, 0.2, 12),
  'gpt-5.6-luna': written(0.2, 0.02, 1.2),
  'gpt-5.5': price(5, 0.5, 30),
  'gpt-5.5-pro': price(30, 30, 180),
  'gpt-5.4': price(2.5, 0.25, 15),
  'gpt-5.4-mini': price(0.75, 0.075, 4.5),
  'gpt-5.4-nano': price(0.2, 0.02, 1.25),
  'gpt-5.4-pro': price(30, 30, 180),
  'gpt-5.2': price(1.75, 0.175, 14),
  'gpt-5.1': price(1.25, 0.125, 10),
  'gpt-5': price(1.25, 0.125, 10),
  'gpt-5-mini': price(0.25, 0.025, 2),
  'gpt-5-nano': price(0.05, 0.005, 0.4),
  'gpt-4.1': price(2, 0.5, 8),
  'gpt-4.1-mini': price(0.4, 0.1, 1.6),
  'gpt-4.1-nano': price(0.1, 0.025, 0.4),
  'gpt-4o': price(2.5, 1.25, 10),
  'gpt-4o-mini': price(0.15, 0.075, 0.6),
  o3: price(2, 0.5, 8),
  'o4-mini': price(1.1, 0.275, 4.4),
};

/** A prompt of more tokens than this costs twice as much, and its answer half as much again, where the model takes it. */
const LONG_PROMPT = 272_000;
const takesLongPrompts = /^gpt-(?:5\.[4-9](?!-mini|-nano)|6)/;

/** What the tiers of processing cost, of the standard price. */
const tiers: Readonly<Record<string, number>> = { flex: 0.5, priority: 2, fast: 2 };

/** What a call of a model costs. The user's own prices come first, and are taken as they are. */
export function priceFor(
  model: string,
  inputTokens: number,
  tier: string | null | undefined,
  prices: PriceTable,
): ModelPrice | undefined {
  const own = priceOf(model, prices);
  if (own !== undefined) return own;
  const known = priceOf(model, openaiPrices);
  if (known === undefined) return undefined;
  const factor = (Object.hasOwn(tiers, tier ?? '') ? tiers[tier ?? ''] : undefined) ?? 1;
  const long = inputTokens > LONG_PROMPT && takesLongPrompts.test(model);
  return scaled(known, factor * (long ? 2 : 1), factor * (long ? 1.5 : 1));
}

const scaled = (
  { input, output, cachedInput = input, cacheWrite = input }: ModelPrice,
  by: number,
  byOutput: number,
) => ({
  input: input * by,
  cachedInput: cachedInput * by,
  cacheWrite: cacheWrite * by,
  output: output * byOutput,
});
