import { costOf, type ModelPrice, type PriceTable, type Usage } from '@espalier/core';
import { priceFor } from './prices.js';

/** The counts of tokens in Anthropic's answers, whole ones and streamed ones. A compatible server may leave any out. */
export interface WireUsage {
  readonly input_tokens?: number | null;
  readonly output_tokens?: number | null;
  readonly cache_creation_input_tokens?: number | null;
  readonly cache_read_input_tokens?: number | null;
  readonly cache_creation?: { readonly ephemeral_1h_input_tokens?: number } | null;
  readonly output_tokens_details?: { readonly thinking_tokens?: number } | null;
}

/** What a call used. Anthropic counts cached tokens beside the others; the port counts them among the others. */
export function usageOf(wire: WireUsage, model: string, prices?: PriceTable): Usage {
  const cachedInputTokens = wire.cache_read_input_tokens ?? 0;
  const cacheWriteTokens = wire.cache_creation_input_tokens ?? 0;
  const reasoningTokens = wire.output_tokens_details?.thinking_tokens;
  const usage: Usage = {
    inputTokens: (wire.input_tokens ?? 0) + cachedInputTokens + cacheWriteTokens,
    outputTokens: wire.output_tokens ?? 0,
    ...(cachedInputTokens > 0 ? { cachedInputTokens } : {}),
    ...(cacheWriteTokens > 0 ? { cacheWriteTokens } : {}),
    ...(reasoningTokens === undefined ? {} : { reasoningTokens }),
  };
  const price = priceFor(model, usage.inputTokens, prices);
  return price === undefined ? usage : { ...usage, cost: costOf(usage, price) + costOfHours(wire, price) };
}

/** What entries of the cache that live an hour cost more than those of five minutes: twice the input's price in all. */
function costOfHours({ cache_creation }: WireUsage, { input, cacheWrite = input }: ModelPrice): number {
  const tokens = cache_creation?.ephemeral_1h_input_tokens ?? 0;
  return (tokens * Math.max(0, 2 * input - cacheWrite)) / 1_000_000;
}

/** The usage of several answers that make one. */
export function sumOfUsage(first: Usage, second: Usage): Usage {
  const keys = ['cachedInputTokens', 'cacheWriteTokens', 'reasoningTokens', 'cost'] as const;
  const sums = keys.flatMap((key) =>
    first[key] === undefined && second[key] === undefined ? [] : [[key, (first[key] ?? 0) + (second[key] ?? 0)]],
  );
  return {
    inputTokens: first.inputTokens + second.inputTokens,
    outputTokens: first.outputTokens + second.outputTokens,
    ...Object.fromEntries(sums),
  };
}
