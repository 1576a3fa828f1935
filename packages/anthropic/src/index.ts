export { anthropic } from './anthropic.js';
export type { AnthropicClient } from './client.js';
export type { AnthropicOptions } from './options.js';
export { anthropicPrices } from './prices.js';
