export { type OfflineEmbeddingOptions, offlineEmbedding } from './embedding/offline-embedding.js';
export { type OfflineOptions, offline, offlineModelName } from './offline-model.js';
export { type RankedSentence, type RankOptions, rankSentences } from './ranking/rank-sentences.js';
export { type Keyword, keywords } from './text/keywords.js';
export { splitSentences } from './text/sentence.js';
