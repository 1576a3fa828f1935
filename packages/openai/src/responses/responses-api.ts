import { heldBack, isHeldBack } from '@espalier/core';
import type { Responses } from 'openai/resources/responses/responses';
import { requestOptions } from '../client.js';
import { brokenOff } from '../errors.js';
import { shapesOf } from '../shapes.js';
import type { WireApi } from '../wire.js';
import { fromResponse } from './from-response.js';
import { ResponseReader } from './read-events.js';
import { toResponsesRequest } from './to-request.js';

/** OpenAI's Responses API. @see https://developers.openai.com/api/reference/resources/responses */
export const responsesApi: WireApi = {
  ask: (client, request, shapes, setup, sending) =>
    client.responses.create(toResponsesRequest(request, shapes, setup), sending),

  read: (data, shapes, setup, requestId) => fromResponse(data as Responses.Response, shapes, setup, requestId),

  async *stream(client, request, { signal, idempotencyKey }, setup) {
    const shapes = shapesOf(request, setup);
    const body = { ...toResponsesRequest(request, shapes, setup), stream: true as const };
    const asked = client.responses.create(body, requestOptions(signal, idempotencyKey, setup));
    const { data: events, request_id } = await asked.withResponse();
    const reader = new ResponseReader();
    for await (const event of events) {
      const chunk = reader.add(event);
      if (chunk !== undefined && !isHeldBack(chunk, shapes)) yield chunk;
    }
    signal.throwIfAborted(); // the SDK ends an aborted stream as if it were whole
    const { response } = reader;
    if (response === undefined) throw brokenOff(setup.fullName, request_id ?? undefined);
    const answer = fromResponse(response, shapes, setup, request_id ?? undefined);
    yield* heldBack(answer, shapes);
    return answer;
  },
};
