import { requestOptions } from '../client.js';
import { brokenOff } from '../errors.js';
import { shapesOf } from '../shapes.js';
import type { WireApi } from '../wire.js';
import { fromCompletion, type WireCompletion } from './from-completion.js';
import { CompletionReader, type WireChunk } from './read-chunks.js';
import { toChatRequest } from './to-request.js';

/** OpenAI's Chat Completions API, which many other servers speak. @see https://developers.openai.com/api/reference/resources/chat */
export const chatApi: WireApi = {
  ask: (client, request, shapes, setup, sending) =>
    client.chat.completions.create(toChatRequest(request, shapes, setup), sending),

  read: (data, shapes, setup, requestId) => fromCompletion(data as WireCompletion, shapes, setup, requestId),

  async *stream(client, request, { signal, idempotencyKey }, setup) {
    const shapes = shapesOf(request, setup);
    const usage = setup.streamUsage ? { stream_options: { include_usage: true } } : {};
    const body = { ...usage, ...toChatRequest(request, shapes, setup), stream: true as const };
    const asked = client.chat.completions.create(body, requestOptions(signal, idempotencyKey, setup));
    const { data: pieces, request_id } = await asked.withResponse();
    const reader = new CompletionReader();
    for await (const piece of pieces) {
      for (const chunk of reader.add(piece as WireChunk)) yield chunk; // `yield*` would cost as much as all the rest
    }
    signal.throwIfAborted(); // the SDK ends an aborted stream as if it were whole
    const { completion } = reader;
    if (completion === undefined) throw brokenOff(setup.fullName, request_id ?? undefined);
    yield* reader.rest();
    return fromCompletion(completion, shapes, setup, request_id ?? undefined);
  },
};
