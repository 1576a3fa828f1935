import type { OpenAI } from 'openai';
import { headerText } from './client.js';

/** A request for a whole answer. */
export interface OwnRequest {
  readonly path: string;
  readonly body: unknown;
  readonly signal: AbortSignal;
  readonly idempotencyKey: string;
  readonly headers: Readonly<Record<string, string>>;
}

/**
 * Has the SDK make a request, and sends it. What the SDK does beyond that with a request takes a fifth of the processor's
 * time of a call, and is off where the client is our own: retries, a timeout, a log, signals put together.
 * @throws errors that tell what those of the SDK tell
 */
export async function sendRequest(client: OpenAI, request: OwnRequest): Promise<Response> {
  const { path, body, signal, idempotencyKey, headers } = request;
  const { req, url } = await client.buildRequest({ method: 'post', path, body, signal, headers });
  req.headers.set('Idempotency-Key', headerText(idempotencyKey)); // the SDK takes long over each header that it is given
  let response: Response;
  try {
    response = await fetch(url, req as RequestInit);
  } catch (cause) {
    throw connectionError(cause);
  }
  if (response.ok) return response;
  throw statusError(response, await response.text());
}

function connectionError(cause: unknown): Error {
  const { cause: reason } = (cause ?? {}) as { readonly cause?: unknown };
  const name = /timed? ?out/i.test(`${cause} ${reason}`) ? 'APIConnectionTimeoutError' : 'APIConnectionError';
  return Object.assign(new Error('Connection error.', { cause }), { name });
}

function statusError({ status, headers }: Response, text: string): Error {
  const error = errorIn(text);
  const { code, type } = (error ?? {}) as { readonly code?: unknown; readonly type?: unknown };
  const message = `${status} ${text || 'status code (no body)'}`;
  return Object.assign(new Error(message), { status, headers, error, code, type });
}

/** What servers put into `error`, or tell in its place. */
function errorIn(text: string): unknown {
  try {
    const body = JSON.parse(text) as { readonly error?: unknown } | null;
    return body?.error ?? body ?? undefined;
  } catch {
    return undefined;
  }
}
