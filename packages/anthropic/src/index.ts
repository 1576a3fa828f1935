import type { PriceTable } from '@espalier/core';

/** How to reach a model of Anthropic's. */
export interface AnthropicOptions {
  /** @default the environment's ANTHROPIC_API_KEY */
  readonly apiKey?: string;
  /** @default Anthropic's own */
  readonly baseURL?: string;
  /** Prices by model, before those that the package knows. */
  readonly prices?: PriceTable;
}
