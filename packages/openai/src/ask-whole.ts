import { type ChatOptions, type ChatRequest, type ChatResponse, followSignal } from '@espalier/core';
import type { OpenAI } from 'openai';
import { type OpenAIClient, requestOptions } from './client.js';
import { failed } from './errors.js';
import type { ModelSetup } from './options.js';
import { sendRequest } from './send-request.js';
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
    const { idempotencyKey } = options;
    const { headers } = setup;
    const body = api.body(request, shapes, setup);
    const response = await (sendsItself(setup)
      ? sendRequest(client as OpenAI, { path: api.path, body, signal, idempotencyKey, headers })
      : api.ask(client, body, requestOptions(signal, idempotencyKey, setup)).asResponse());
    const data: unknown = JSON.parse(await response.text());
    return api.read(data, shapes, setup, response.headers.get('x-request-id') ?? undefined);
  } catch (error) {
    throw failed(error, setup, options);
  } finally {
    release();
  }
}

/** A client of the user's may be more than the SDK's, and what the SDK writes to its log is what it does itself. */
const sendsItself = ({ client }: ModelSetup): boolean => client === undefined && process.env.OPENAI_LOG === undefined;
