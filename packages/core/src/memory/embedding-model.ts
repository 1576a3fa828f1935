/** What a call of an embedding model has used. */
export interface EmbeddingUsage {
  readonly inputTokens: number;
  /** In US dollars, where the price is known. */
  readonly cost?: number;
}

export interface EmbeddingResponse {
  /** One for each text, in their order, all of one length. */
  readonly vectors: readonly ArrayLike<number>[];
  /** @default estimated by the length of the texts */
  readonly usage?: EmbeddingUsage;
}

export interface EmbedOptions {
  /** Aborts when nobody waits for the vectors any more. */
  readonly signal: AbortSignal;
  /** The same whenever this call is made again. */
  readonly idempotencyKey: string;
}

/**
 * A model that makes vectors of texts, so that texts of like meaning have vectors of like direction. The port of every
 * embedding provider.
 */
export interface EmbeddingModel {
  /** Provider, model and all that changes its vectors, such as `openai:text-embedding-3-small@512`: kept with each vector. */
  readonly name: string;
  /** What a million tokens cost, in US dollars, where that is known: set aside of budgets before a call. */
  readonly price?: number;
  /** How many texts one call takes; `Infinity` for any number. A model that has to ask first gives a promise. @default 96 @minimum 1 */
  readonly maxTexts?: number | PromiseLike<number | undefined>;
  embed(texts: readonly string[], options: EmbedOptions): Promise<EmbeddingResponse>;
}

/** Whether a call may take so many texts. */
export const isTextCount = (count: unknown): count is number =>
  count === Number.POSITIVE_INFINITY || (Number.isInteger(count) && (count as number) >= 1);
