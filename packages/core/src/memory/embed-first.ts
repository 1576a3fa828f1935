import { describeValue, EspalierError } from '../errors/espalier-error.js';
import type { Usage } from '../model/chat-model.js';
import { CHARACTERS_PER_TOKEN } from '../model/estimate-tokens.js';
import type { BudgetLedger } from '../policies/budget-ledger.js';
import { type EmbeddingModel, type EmbeddingResponse, isTextCount } from './embedding-model.js';
import { normalised } from './vectors.js';

/** Makes a call, perhaps later, and gives its answer. The call gets the signal that ends it. */
export type EmbeddingCall = (
  texts: readonly string[],
  call: (signal: AbortSignal) => Promise<EmbeddingResponse>,
) => Promise<EmbeddingResponse>;

export interface EmbedFirstOptions {
  readonly signal: AbortSignal;
  readonly idempotencyKey: string;
  /** What it is charged to. */
  readonly ledger: BudgetLedger | undefined;
  /** Told what each call has used. */
  readonly spent: (usage: Usage) => void;
  /** Makes one call of the model, under its policies. @default at once */
  readonly under?: EmbeddingCall;
  /** Makes of what a model threw an error that may be seen. */
  readonly failed: (error: unknown) => unknown;
}

/** How many texts go into one call of a model that does not say. */
const MAX_TEXTS = 96;

/** What has to be left for a call whose price is not known. */
const LEAST_COST = 1e-6;

/**
 * Vectors of length 1 for the first of the texts: as many as the model takes in one call. What a call gives can so be kept
 * before the next one is made.
 * @throws budget-exceeded; model-response-malformed; what the model throws
 */
export async function embedFirst(
  model: EmbeddingModel,
  texts: readonly string[],
  options: EmbedFirstOptions,
): Promise<readonly Float32Array[]> {
  const most = await maxTextsOf(model).catch((error: unknown) => {
    throw options.failed(error);
  });
  return embedOnce(model, texts.slice(0, most), options);
}

/** @throws model-response-malformed; what the model throws */
async function maxTextsOf({ name, maxTexts }: EmbeddingModel): Promise<number> {
  const most = (await maxTexts) ?? MAX_TEXTS;
  if (!isTextCount(most)) throw malformed(name, `${describeValue(most)} as its maxTexts`);
  return most;
}

async function embedOnce(
  model: EmbeddingModel,
  texts: readonly string[],
  { signal, idempotencyKey, ledger, spent, failed, under }: EmbedFirstOptions,
): Promise<readonly Float32Array[]> {
  const estimated = texts.reduce((sum, { length }) => sum + Math.ceil(length / CHARACTERS_PER_TOKEN), 0);
  const price = model.price === undefined ? undefined : model.price / 1_000_000;
  const pays = ledger !== undefined && ledger.remaining('cost') !== Number.POSITIVE_INFINITY;
  const cost = !pays ? 0 : price === undefined ? LEAST_COST : estimated * price;
  const reserved = ledger?.reserve({ tokens: estimated, cost });
  try {
    const call = async (own: AbortSignal): Promise<Used> => {
      const response = await model.embed(texts, { signal: own, idempotencyKey });
      return { ...response, usage: usageOf(response, estimated, price) };
    };
    const response = await (under === undefined ? call(signal) : under(texts, call));
    const { usage } = response as Used;
    spent(usage);
    reserved?.settle({ tokens: usage.inputTokens, cost: usage.cost ?? 0 });
    return vectorsOf(response, texts.length, model.name);
  } catch (error) {
    throw failed(error);
  } finally {
    reserved?.release();
  }
}

/** An answer of which it is known what it has used. */
type Used = EmbeddingResponse & { readonly usage: Usage };

function usageOf({ usage }: EmbeddingResponse, estimated: number, price: number | undefined): Usage {
  const inputTokens = isAmount(usage?.inputTokens) ? usage.inputTokens : estimated;
  const cost = isAmount(usage?.cost) ? usage.cost : price === undefined ? undefined : inputTokens * price;
  return { inputTokens, outputTokens: 0, ...(cost === undefined ? {} : { cost }) };
}

function vectorsOf({ vectors }: EmbeddingResponse, count: number, model: string): readonly Float32Array[] {
  if (vectors?.length !== count) throw malformed(model, `${vectors?.length ?? 'no'} vectors for ${count} texts`);
  return vectors.map((vector) => {
    const unit = normalised(vector);
    if (unit === undefined || unit.length !== vectors[0]?.length) throw malformed(model, 'a vector that is none');
    return unit;
  });
}

const isAmount = (value: unknown): value is number => typeof value === 'number' && Number.isFinite(value) && value >= 0;

const malformed = (model: string, what: string): EspalierError =>
  new EspalierError('model-response-malformed', `Embedding model '${model}' gave ${what}.`);
