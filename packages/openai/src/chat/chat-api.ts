import { heldBack, isHeldBack } from '@espalier/core';
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
      // A generator of its own would cost as much as all the rest.
      for (const chunk of reader.add(piece as WireChunk)) if (!isHeldBack(chunk, shapes)) yield chunk;
    }
    signal.throwIfAborted(); // the SDK ends an aborted stream as if it were whole
    const { completion } = reader;
    if (completion === undefined) throw brokenOff(setup.fullName, request_id ?? undefined);
    for (const chunk of reader.rest()) if (!isHeldBack(chunk, shapes)) yield chunk;
    const response = fromCompletion(completion, shapes, setup, request_id ?? undefined);
    yield* heldBack(response, shapes);
    return response;
  },
};
