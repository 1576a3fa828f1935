import type {
  LanguageModelV4CallOptions,
  LanguageModelV4GenerateResult,
  LanguageModelV4StreamPart,
} from '@ai-sdk/provider';
import { type AiSdkOptions, aiSdk } from '@espalier/ai-sdk';
import { type ChatModel, type ChatRequest, userText } from '@espalier/core';
import { convertArrayToReadableStream, MockLanguageModelV4 } from 'ai/test';

export const tokens = {
  inputTokens: { total: 10, noCache: 10, cacheRead: undefined, cacheWrite: undefined },
  outputTokens: { total: 3, text: 3, reasoning: undefined },
};
export const stopped = { unified: 'stop', raw: 'stop' } as const;
export type Result = LanguageModelV4GenerateResult;
export const answered = (content: Result['content'], more: Partial<Result> = {}): Result => ({
  content,
  finishReason: stopped,
  usage: tokens,
  warnings: [],
  ...more,
});
export const hello = answered([{ type: 'text', text: 'Hello.' }]);
export const ask: ChatRequest = { messages: [userText('?')] };

/** A model that gives this, as the AI SDK's own test helpers make it, and what it was asked with. */
export function mocked(result: Result | (() => never), options: AiSdkOptions = {}, more: object = {}) {
  const mock = new MockLanguageModelV4({
    provider: 'acme.chat',
    modelId: 'large',
    doGenerate: result as Result,
    ...more,
  });
  const asked = (): LanguageModelV4CallOptions => {
    const last = mock.doGenerateCalls.at(-1);
    if (last === undefined) throw new Error('the model was not asked');
    return last;
  };
  return { model: aiSdk(mock, options), asked };
}

export const streaming = (parts: readonly LanguageModelV4StreamPart[], options: AiSdkOptions = {}): ChatModel =>
  aiSdk(
    new MockLanguageModelV4({
      provider: 'acme.chat',
      modelId: 'large',
      doStream: { stream: convertArrayToReadableStream([...parts]) },
    }),
    options,
  );
export const finish: LanguageModelV4StreamPart = { type: 'finish', finishReason: stopped, usage: tokens };
