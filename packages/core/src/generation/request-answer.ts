import { EspalierError } from '../errors/espalier-error.js';
import type { ChatModel, ChatOptions, ChatRequest, ChatResponse } from '../model/chat-model.js';
import { textOf } from '../model/message.js';
import type { GenerationScope } from './generation-scope.js';
import { partialResponse, readResponse } from './read-response.js';

/** Takes text while it comes, and is waited for. */
export type OnText = (text: string) => Promise<void>;

export interface ReadingOptions {
  readonly step: string;
  readonly signal: AbortSignal;
  readonly onText: OnText;
}

export function callOptions(scope: GenerationScope, step: string, signal: AbortSignal): ChatOptions {
  return { signal, idempotencyKey: `${scope.runId}/${scope.node}#${scope.attempt}/${step}` };
}

/** One request to a model whose answer is read while it comes, where the model can stream; the answer is the same. */
export async function answerWithReader(
  scope: GenerationScope,
  model: ChatModel,
  request: ChatRequest,
  { step, signal, onText }: ReadingOptions,
): Promise<ChatResponse> {
  const options = callOptions(scope, step, signal);
  const read = async (text: string): Promise<void> => {
    if (text === '') return;
    scope.emitText(step, text);
    await onText(text);
  };
  if (model.stream === undefined) {
    const response = readResponse(await model.generate(request, options), model, request);
    if (signal.aborted) throw signal.reason; // another may have been asked
    await read(textOf(response.message));
    return response;
  }
  let text = '';
  try {
    for await (const chunk of model.stream(request, options)) {
      if (signal.aborted) throw signal.reason;
      if (chunk.type === 'response') {
        const response = readResponse(chunk.response, model, request);
        if (text === '') await read(textOf(response.message));
        return response;
      }
      if (chunk.type !== 'text-delta') continue;
      text += chunk.text;
      await read(chunk.text);
      if (signal.aborted) throw signal.reason;
    }
  } catch (error) {
    // What the reader has seen is the answer: a replay gives it again, and the reader stops again.
    if (scope.stopped) return partialResponse(text, model, request);
    throw error;
  }
  throw new EspalierError('model-response-malformed', `Model '${model.name}' ended its stream without an answer.`);
}
