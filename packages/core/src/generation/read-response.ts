import { describeValue, EspalierError } from '../errors/espalier-error.js';
import type { ChatModel, ChatRequest, ChatResponse, FinishReason, Usage } from '../model/chat-model.js';
import { estimateTokens } from '../model/estimate-tokens.js';
import { type AssistantMessage, type ProviderData, textOf } from '../model/message.js';
import { costOf } from '../model/price.js';
import { toPlain } from '../schema/plain.js';

type AssistantPart = AssistantMessage['content'][number];

const finishReasons: ReadonlySet<string> = new Set<FinishReason>([
  'stop',
  'tool-calls',
  'length',
  'content-filter',
  'refusal',
  'other',
]);

/**
 * What the port promises of an answer, as plain data, and nothing besides: what else an SDK puts on its objects, such as
 * the request with its headers, goes no further.
 * @throws model-response-malformed when it is no answer
 */
export function readResponse(response: ChatResponse, asked: ChatModel, request: ChatRequest): ChatResponse {
  const { name: model } = asked;
  if (typeof response !== 'object' || response === null) throw malformed(model, 'an answer', response);
  const { finishReason, requestId } = response;
  const message = readMessage(response.message, model);
  if (!finishReasons.has(finishReason)) throw malformed(model, 'a known finishReason', finishReason);
  return {
    message,
    finishReason,
    usage: readUsage(response.usage, textOf(message), request, asked),
    model: typeof response.model === 'string' ? response.model : model,
    ...(typeof requestId === 'string' ? { requestId } : {}),
  };
}

/** The answer of a stream whose reader stopped early. What it used is not told: it is estimated. */
export function partialResponse(text: string, model: ChatModel, request: ChatRequest): ChatResponse {
  const message: AssistantMessage = { role: 'assistant', content: text === '' ? [] : [{ type: 'text', text }] };
  return { message, finishReason: 'other', usage: estimatedUsage(text, request, model), model: model.name };
}

/** What a request and the text that came for it have used, as far as that can be told without the provider. */
export const estimatedUsage = (text: string, request: ChatRequest, model: ChatModel): Usage =>
  readUsage(undefined, text, request, model);

function readMessage(message: AssistantMessage | undefined, model: string): AssistantMessage {
  if (message?.role !== 'assistant' || !Array.isArray(message.content)) {
    throw malformed(model, "a message of role 'assistant' with content", message);
  }
  const content = (message.content as AssistantMessage['content']).map((part) => readPart(part, model));
  return { role: 'assistant', content };
}

function readPart(part: AssistantPart | undefined, model: string): AssistantPart {
  switch (part?.type) {
    case 'text':
    case 'reasoning':
      if (typeof part.text === 'string') return { type: part.type, text: part.text, ...readProvider(part, model) };
      break;
    case 'tool-call': {
      const { type, id, tool, arguments: args } = part;
      if (typeof tool !== 'string' || typeof args !== 'string') break;
      return { type, id: String(id ?? ''), tool, arguments: args, ...readProvider(part, model) };
    }
    default:
  }
  throw malformed(model, 'parts of text, reasoning or tool calls', part);
}

function readProvider({ provider }: AssistantPart, model: string): { readonly provider?: ProviderData } {
  if (provider === undefined) return {};
  return { provider: toPlain(provider, { what: `what model '${model}' adds to its answer` }) as ProviderData };
}

/** What is not told is estimated: tokens by length, the cost by the model's price where that is known. */
function readUsage(usage: Usage | undefined, text: string, request: ChatRequest, { price }: ChatModel): Usage {
  const { inputTokens, outputTokens, cachedInputTokens, cacheWriteTokens, reasoningTokens, cost } = (usage ??
    {}) as Partial<Usage>;
  const read: Writable<Usage> = {
    inputTokens: isAmount(inputTokens) ? inputTokens : estimateTokens(request),
    outputTokens: isAmount(outputTokens) ? outputTokens : estimateTokens(text),
  };
  if (isAmount(cachedInputTokens)) read.cachedInputTokens = cachedInputTokens;
  if (isAmount(cacheWriteTokens)) read.cacheWriteTokens = cacheWriteTokens;
  if (isAmount(reasoningTokens)) read.reasoningTokens = reasoningTokens;
  if (isAmount(cost)) read.cost = cost;
  else if (price !== undefined) read.cost = costOf(read, price);
  return read;
}

type Writable<T> = { -readonly [K in keyof T]: T[K] };

const isAmount = (value: unknown): value is number => typeof value === 'number' && Number.isFinite(value) && value >= 0;

const malformed = (model: string, expected: string, got: unknown): EspalierError =>
  new EspalierError(
    'model-response-malformed',
    `Model '${model}' gave no answer: expected ${expected}, got ${describeValue(got)}.`,
    {
      hint: 'The chat model does not keep to the ChatModel port: see its documentation.',
      retryable: false,
    },
  );
