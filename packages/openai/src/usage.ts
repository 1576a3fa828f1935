import { costOf, priceOf, type Usage } from '@espalier/core';
import type { ModelSetup } from './options.js';
import { priceFor } from './prices.js';

/** Tokens as both APIs count them, and what some servers say that they cost. */
export interface WireUsage {
  readonly input_tokens?: number | null;
  readonly output_tokens?: number | null;
  readonly input_tokens_details?: WireDetails | null;
  readonly output_tokens_details?: WireDetails | null;
  readonly prompt_tokens?: number | null;
  readonly completion_tokens?: number | null;
  readonly prompt_tokens_details?: WireDetails | null;
  readonly completion_tokens_details?: WireDetails | null;
  /** DeepSeek's word for what came from its cache. */
  readonly prompt_cache_hit_tokens?: number | null;
  /** OpenRouter's, in US dollars. */
  readonly cost?: number | null;
}

interface WireDetails {
  readonly cached_tokens?: number | null;
  readonly cache_write_tokens?: number | null;
  readonly reasoning_tokens?: number | null;
}

/** What is known of a call besides its tokens. */
export interface Call {
  /** The model that answered. */
  readonly model: string;
  readonly tier?: string | null | undefined;
}

/**
 * What a call used.
 * @returns without what the server does not tell: the runtime estimates the totals
 */
export function usageOf(wire: WireUsage | null | undefined, call: Call, setup: ModelSetup): Usage {
  const given = wire ?? {};
  const input = given.input_tokens_details ?? given.prompt_tokens_details ?? {};
  const output = given.output_tokens_details ?? given.completion_tokens_details ?? {};
  const usage: Partial<Record<keyof Usage, number>> = {};
  put(usage, 'inputTokens', given.input_tokens ?? given.prompt_tokens);
  put(usage, 'outputTokens', given.output_tokens ?? given.completion_tokens);
  put(usage, 'cachedInputTokens', input.cached_tokens ?? given.prompt_cache_hit_tokens);
  put(usage, 'cacheWriteTokens', input.cache_write_tokens);
  put(usage, 'reasoningTokens', output.reasoning_tokens);
  put(usage, 'cost', given.cost ?? costFor(usage as Usage, call, setup));
  return usage as Usage;
}

function costFor(usage: Usage, { model, tier }: Call, setup: ModelSetup): number | undefined {
  const { inputTokens, outputTokens } = usage as Partial<Usage>;
  if (inputTokens === undefined || outputTokens === undefined) return undefined;
  const find = (name: string) =>
    setup.compatible ? priceOf(name, setup.prices) : priceFor(name, inputTokens, tier, setup.prices);
  // A deployment is asked by a name of its own, and tells the model's.
  const price = find(model) ?? find(setup.model);
  return price === undefined ? undefined : costOf(usage, price);
}

function put(usage: Partial<Record<keyof Usage, number>>, name: keyof Usage, value: number | null | undefined): void {
  if (typeof value === 'number' && Number.isFinite(value) && value >= 0) usage[name] = value;
}
