import type { ChatChunk, ChatModel, ChatOptions, ChatRequest, ChatResponse } from '@espalier/core';
import { type AnthropicOptions, anthropic } from '../src/index.js';
import type { WireServer } from './wire-server.js';

export const options = (signal: AbortSignal = new AbortController().signal): ChatOptions => ({
  signal,
  idempotencyKey: 'run/node#1/model:1',
});

export const ask = (content: string, more: Partial<ChatRequest> = {}): ChatRequest => ({
  messages: [{ role: 'user', content: [{ type: 'text', text: content }] }],
  ...more,
});

export const modelOf = (server: WireServer, name = 'claude-haiku-4-5', more: AnthropicOptions = {}): ChatModel =>
  anthropic(name, { apiKey: 'sk-ant-secret', baseURL: server.url, ...more });

/** Everything that a stream gives, and its answer. */
export async function readAll(
  model: ChatModel,
  request: ChatRequest,
  chatOptions = options(),
): Promise<{ readonly chunks: ChatChunk[]; readonly response: ChatResponse }> {
  const chunks: ChatChunk[] = [];
  if (model.stream === undefined) throw new Error('the model does not stream');
  for await (const chunk of model.stream(request, chatOptions)) {
    if (chunk.type === 'response') return { chunks, response: chunk.response };
    chunks.push(chunk);
  }
  throw new Error('the stream had no answer');
}

export async function errorOf(
  promise: Promise<unknown>,
): Promise<Error & { code?: string; retryable?: boolean; details?: unknown; hint?: string }> {
  try {
    await promise;
  } catch (error) {
    return error as Error;
  }
  throw new Error('nothing was thrown');
}
