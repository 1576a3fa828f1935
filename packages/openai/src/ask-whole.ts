import { type ChatOptions, followSignal } from '@espalier/core';
import { requestOptions } from './client.js';
import type { ModelSetup } from './options.js';
import { withOwnSignal } from './own-signal.js';

export type Sending = ReturnType<typeof sendingOf>;

/** Asks for a whole answer. @returns it as the server gave it: the SDK's own reading expects more of it than some give */
export async function askWhole(
  ask: (sending: Sending) => { asResponse(): Promise<Response> },
  { signal: outer, idempotencyKey }: ChatOptions,
  setup: ModelSetup,
): Promise<{ readonly data: unknown; readonly requestId: string | undefined }> {
  const { signal, release } = followSignal(outer); // `fetch` leaves its listener
  try {
    const response = await ask(sendingOf(signal, idempotencyKey, setup)).asResponse();
    const data: unknown = JSON.parse(await response.text());
    return { data, requestId: response.headers.get('x-request-id') ?? undefined };
  } finally {
    release();
  }
}

/**
 * Where the client is our own, the signal goes to `fetch` as it is: the SDK would put it together with one of its own,
 * which takes a tenth of all the time that a request takes. A stream needs that one, for it ends by it.
 */
function sendingOf(signal: AbortSignal, idempotencyKey: string, setup: ModelSetup) {
  const options = requestOptions(signal, idempotencyKey, setup);
  return setup.client === undefined ? { ...options, signal: undefined, fetchOptions: withOwnSignal(signal) } : options;
}
