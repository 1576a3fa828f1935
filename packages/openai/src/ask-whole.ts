import { type ChatOptions, type ChatRequest, type ChatResponse, followSignal } from '@espalier/core';
import { headerText, type OpenAIClient, requestOptions, type Sending } from './client.js';
import { failed } from './errors.js';
import type { ModelSetup } from './options.js';
import { withOwnOptions } from './own-fetch.js';
import { shapesOf } from './shapes.js';
import type { WireApi } from './wire.js';

/**
 * Asks for a whole answer, and reads it as the server gave it: the SDK's own reading expects more of it than some servers
 * give.
 * @param connect gives the client, and checks the call
 */
export async function askWhole(
  api: WireApi,
  connect: (request: ChatRequest, options: ChatOptions) => OpenAIClient | Promise<OpenAIClient>,
  request: ChatRequest,
  options: ChatOptions,
  setup: ModelSetup,
): Promise<ChatResponse> {
  const { signal, release } = followSignal(options.signal); // `fetch` leaves its listener
  try {
    const connected = connect(request, options);
    const client = connected instanceof Promise ? await connected : connected;
    const shapes = shapesOf(request, setup);
    const response = await api.ask(client, request, shapes, setup, sendingOf(signal, options, setup)).asResponse();
    const data: unknown = JSON.parse(await response.text());
    return api.read(data, shapes, setup, response.headers.get('x-request-id') ?? undefined);
  } catch (error) {
    throw failed(error, setup, options);
  } finally {
    release();
  }
}

/**
 * Where the client is our own, the signal goes to `fetch` as it is: the SDK would put it together with one of its own,
 * which takes a tenth of all the time that a request takes. A stream needs that one, for it ends by it.
 */
const sendingOf = (signal: AbortSignal, { idempotencyKey }: ChatOptions, setup: ModelSetup): Sending =>
  setup.client === undefined
    ? withOwnOptions(signal, headerText(idempotencyKey), setup.headers)
    : requestOptions(signal, idempotencyKey, setup);
