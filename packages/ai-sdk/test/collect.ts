import type { ChatChunk, ChatModel, ChatOptions, ChatRequest, ChatResponse } from '@espalier/core';

/** Options of a call that nobody aborts. */
export const call = (): ChatOptions => ({ signal: new AbortController().signal, idempotencyKey: 'run/node#1/model' });

export function streamOf(model: ChatModel, request: ChatRequest, options = call()): AsyncIterable<ChatChunk> {
  if (model.stream === undefined) throw new Error('the model does not stream');
  return model.stream(request, options);
}

/** The pieces of a streamed answer, and the whole. */
export async function collect(
  model: ChatModel,
  request: ChatRequest,
  options = call(),
): Promise<{ readonly chunks: readonly ChatChunk[]; readonly response: ChatResponse }> {
  const chunks: ChatChunk[] = [];
  for await (const chunk of streamOf(model, request, options)) chunks.push(chunk);
  const last = chunks.pop();
  if (last?.type !== 'response') throw new Error('the stream gave no response');
  return { chunks, response: last.response };
}

/** What a call fails with. */
export const failureOf = async (calling: Promise<unknown>): Promise<unknown> =>
  calling.then(
    () => {
      throw new Error('the call did not fail');
    },
    (thrown: unknown) => thrown,
  );
