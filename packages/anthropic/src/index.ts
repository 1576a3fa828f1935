export { type AnthropicOptions, anthropic } from './anthropic.js';
export type { AnthropicClient } from './client.js';
export { anthropicPrices } from './prices.js';
