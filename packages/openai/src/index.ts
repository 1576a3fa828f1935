import type { PriceTable } from '@espalier/core';

/** How to reach a model of OpenAI's, or of a server that speaks its API. */
export interface OpenAIOptions {
  /** @default the environment's OPENAI_API_KEY */
  readonly apiKey?: string;
  /** @default OpenAI's own */
  readonly baseURL?: string;
  /** Prices by model, before those that the package knows. */
  readonly prices?: PriceTable;
}
