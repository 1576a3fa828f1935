import type { Usage } from './chat-model.js';

/** What a model costs, in US dollars a million tokens. */
export interface ModelPrice {
  readonly input: number;
  readonly output: number;
  /** Input that came from the provider's cache. @default `input` */
  readonly cachedInput?: number;
  /** Input that was written into the provider's cache. @default `input` */
  readonly cacheWrite?: number;
}

/** Prices by model. A name stands for its dated versions too: `gpt-5` for `gpt-5-2025-08-07`. */
export type PriceTable = Readonly<Record<string, ModelPrice>>;

const MILLION = 1_000_000;

/**
 * The price of a model: its own entry, or the one of the longest name that it is a version of.
 * @returns nothing where the table does not know the model: its calls have no cost
 */
export function priceOf(model: string, table: PriceTable): ModelPrice | undefined {
  if (Object.hasOwn(table, model)) return table[model];
  let found = '';
  for (const name of Object.keys(table)) if (name.length > found.length && isVersionOf(model, name)) found = name;
  return found === '' ? undefined : table[found];
}

/** What a call cost, in US dollars. @example costOf({ inputTokens: 1_000_000, outputTokens: 0 }, { input: 2, output: 8 }) // 2 */
export function costOf(usage: Omit<Usage, 'cost'>, price: ModelPrice): number {
  const { inputTokens, outputTokens, cachedInputTokens = 0, cacheWriteTokens = 0 } = usage;
  const { input, output, cachedInput = input, cacheWrite = input } = price;
  const fresh = Math.max(0, inputTokens - cachedInputTokens - cacheWriteTokens);
  return (
    (fresh * input + cachedInputTokens * cachedInput + cacheWriteTokens * cacheWrite + outputTokens * output) / MILLION
  );
}

/** A date or `latest` makes a version; another word or a short number makes another model: `gpt-5-mini`, `opus-5-5`. */
const isVersionOf = (model: string, name: string): boolean =>
  model.startsWith(name) && /^(?:[-@.:](?:latest|\d{3}[\d.-]*))?$/.test(model.slice(name.length));
