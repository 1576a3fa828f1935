import { describeValue, EspalierError } from '../errors/espalier-error.js';
import type { ChatRequest, ChatResponse, FinishReason, Usage } from '../model/chat-model.js';
import { type AssistantMessage, textOf } from '../model/message.js';
import { toPlain } from '../schema/plain.js';

/** How many characters make a token, roughly: for reservations, and where a provider tells no usage. */
const CHARACTERS_PER_TOKEN = 4;

export const estimateTokens = (value: unknown): number =>
  Math.ceil((typeof value === 'string' ? value : JSON.stringify(value)).length / CHARACTERS_PER_TOKEN);

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
 * @throws model-failed when it is no answer
 */
export function readResponse(response: ChatResponse, model: string, request: ChatRequest): ChatResponse {
  if (typeof response !== 'object' || response === null) throw malformed(model, 'an answer', response);
  const { finishReason, requestId } = response;
  const message = readMessage(response.message, model);
  if (!finishReasons.has(finishReason)) throw malformed(model, 'a known finishReason', finishReason);
  return {
    message,
    finishReason,
    usage: readUsage(response.usage, request, message),
    model: typeof response.model === 'string' ? response.model : model,
    ...(typeof requestId === 'string' ? { requestId } : {}),
  };
}

/** The answer of a stream whose reader stopped early. What it used is not told: it is estimated. */
export function partialResponse(text: string, model: string, request: ChatRequest): ChatResponse {
  const message: AssistantMessage = { role: 'assistant', content: text === '' ? [] : [{ type: 'text', text }] };
  return { message, finishReason: 'other', usage: readUsage(undefined, request, message), model };
}

function readMessage(message: AssistantMessage | undefined, model: string): AssistantMessage {
  if (message?.role !== 'assistant' || !Array.isArray(message.content)) {
    throw malformed(model, "a message of role 'assistant' with content", message);
  }
  const content = (message.content as AssistantMessage['content']).map((part) => {
    switch (part?.type) {
      case 'text':
        if (typeof part.text === 'string') return { type: part.type, text: part.text };
        break;
      case 'reasoning':
        if (typeof part.text !== 'string') break;
        return {
          type: part.type,
          text: part.text,
          ...(part.provider === undefined
            ? {}
            : { provider: toPlain(part.provider, { what: `the reasoning of model '${model}'` }) }),
        };
      case 'tool-call':
        if (typeof part.tool !== 'string' || typeof part.arguments !== 'string') break;
        return { type: part.type, id: String(part.id ?? ''), tool: part.tool, arguments: part.arguments };
      default:
    }
    throw malformed(model, 'parts of text, reasoning or tool calls', part);
  });
  return { role: 'assistant', content };
}

function readUsage(usage: Usage | undefined, request: ChatRequest, message: AssistantMessage): Usage {
  const { inputTokens, outputTokens, cachedInputTokens, reasoningTokens, cost } = (usage ?? {}) as Partial<Usage>;
  return {
    inputTokens: isAmount(inputTokens) ? inputTokens : estimateTokens(request),
    outputTokens: isAmount(outputTokens) ? outputTokens : estimateTokens(textOf(message)),
    ...(isAmount(cachedInputTokens) ? { cachedInputTokens } : {}),
    ...(isAmount(reasoningTokens) ? { reasoningTokens } : {}),
    ...(isAmount(cost) ? { cost } : {}),
  };
}

const isAmount = (value: unknown): value is number => typeof value === 'number' && Number.isFinite(value) && value >= 0;

const malformed = (model: string, expected: string, got: unknown): EspalierError =>
  new EspalierError(
    'model-failed',
    `Model '${model}' gave no answer: expected ${expected}, got ${describeValue(got)}.`,
    {
      hint: 'The chat model does not keep to the ChatModel port: see its documentation.',
      retryable: false,
    },
  );
