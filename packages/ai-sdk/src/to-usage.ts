import type { LanguageModelV4Usage } from '@ai-sdk/provider';
import { costOf, type PriceTable, priceOf, type Usage } from '@espalier/core';

/**
 * What a call used. The cost needs a price: of the model that answered, else of the one that was asked.
 * @returns without the totals that the provider does not tell: the runtime estimates them
 */
export function toUsage(told: LanguageModelV4Usage, models: readonly string[], prices: PriceTable): Usage {
  const { inputTokens: input, outputTokens: output } = told;
  const usage = {
    ...known('inputTokens', input.total ?? sum(input.noCache, input.cacheRead, input.cacheWrite)),
    ...known('outputTokens', output.total ?? sum(output.text, output.reasoning)),
    ...known('cachedInputTokens', input.cacheRead),
    ...known('cacheWriteTokens', input.cacheWrite),
    ...known('reasoningTokens', output.reasoning),
  } as Usage;
  const price = models.map((model) => priceOf(model, prices)).find((found) => found !== undefined);
  const counted = isAmount(usage.inputTokens) && isAmount(usage.outputTokens);
  return price === undefined || !counted ? usage : { ...usage, cost: costOf(usage, price) };
}

const isAmount = (value: unknown): value is number => typeof value === 'number' && Number.isFinite(value) && value >= 0;

const known = (name: keyof Usage, tokens: number | undefined): Partial<Usage> =>
  isAmount(tokens) ? { [name]: tokens } : {};

function sum(...parts: readonly (number | undefined)[]): number | undefined {
  const told = parts.filter(isAmount);
  return told.length === 0 ? undefined : told.reduce((total, part) => total + part, 0);
}
