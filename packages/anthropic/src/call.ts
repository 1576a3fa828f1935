import type { Anthropic } from '@anthropic-ai/sdk';
import type { ChatChunk } from '@espalier/core';
import { AnswerBuilder } from './answer-builder.js';
import type { AnthropicClient, Sending } from './client.js';
import { malformed } from './errors.js';
import type { WireAnswer } from './from-response.js';
import type { Params } from './to-request.js';

/** An answer with the id that Anthropic gave to its request. */
export interface Answered {
  readonly answer: WireAnswer;
  readonly requestId: string | undefined;
}

/**
 * Above so many tokens an answer is streamed even where nobody reads along: they can take more than five minutes, and
 * Node's `fetch` for one cuts a connection on which nothing has come for so long.
 */
const longAnswer = (model: string): number => (/haiku|sonnet/.test(model) ? 16_000 : 8_000);

export const isLong = ({ model, max_tokens }: Params): boolean => max_tokens > longAnswer(model);

/** The whole answer at once. */
export async function askWhole(
  client: AnthropicClient,
  params: Params,
  model: string,
  sending: Sending,
): Promise<Answered> {
  const { data, request_id } = await client.messages.create(params, sending).withResponse();
  if (!isMessage(data)) throw malformed(model, 'what the server answered is no message of the Messages API');
  return { answer: data, requestId: request_id ?? undefined };
}

/** The answer while it comes; returns it whole. Who stops reading aborts the request. */
export async function* askStream(
  client: AnthropicClient,
  params: Params,
  sending: Sending,
): AsyncGenerator<ChatChunk, Answered, undefined> {
  const asked = client.messages.create({ ...params, stream: true }, sending);
  const { data: events, request_id } = await asked.withResponse();
  const builder = new AnswerBuilder();
  for await (const event of events) {
    const chunk = builder.add(event);
    if (chunk !== undefined) yield chunk;
  }
  sending.signal.throwIfAborted(); // the SDK ends an aborted stream as if it were whole
  const { answer } = builder;
  if (answer === undefined) throw new Error('The stream ended before the answer was whole.');
  return { answer, requestId: request_id ?? undefined };
}

const isMessage = (data: Anthropic.Message | undefined): boolean =>
  typeof data === 'object' && data !== null && Array.isArray(data.content);
