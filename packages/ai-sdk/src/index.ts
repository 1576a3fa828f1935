export { aiSdk } from './ai-sdk.js';
export { type AiSdkEmbeddingModel, type AiSdkEmbeddingOptions, aiSdkEmbedding } from './embedding.js';
export type { AiSdkOptions } from './options.js';
export type { AiSdkModel } from './specification.js';
export type { AiSdkWarning } from './warnings.js';
