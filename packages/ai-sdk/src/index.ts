import type { PriceTable } from '@espalier/core';

/** How to use a language model of the AI SDK. */
export interface AiSdkOptions {
  /** Prices by model: the AI SDK tells none. */
  readonly prices?: PriceTable;
}
