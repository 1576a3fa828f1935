export type { OpenAIClient } from './client.js';
export { openai, openaiCompatible } from './openai.js';
export type { OpenAIOptions } from './options.js';
export { openaiPrices } from './prices.js';
