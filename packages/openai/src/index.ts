export type { OpenAIClient } from './client.js';
export {
  type OpenAIEmbeddingClient,
  type OpenAIEmbeddingOptions,
  openaiCompatibleEmbedding,
  openaiEmbedding,
} from './embedding.js';
export { openai, openaiCompatible } from './openai.js';
export type { OpenAIOptions } from './options.js';
export { openaiPrices } from './prices.js';
