/** What a request tells our `fetch` besides what it tells every `fetch`. */
const ownOptions = Symbol('espalier.request');

interface Own {
  readonly signal: AbortSignal;
  readonly idempotencyKey: string;
}

type OwnInit = RequestInit & { readonly [ownOptions]?: Own };

/** The SDK passes on whatever the options for `fetch` have; its retries and its timeout are off for the whole client. */
export const withOwnOptions = (
  signal: AbortSignal,
  idempotencyKey: string,
  headers: Readonly<Record<string, string>>,
) => ({ headers, fetchOptions: { [ownOptions]: { signal, idempotencyKey } } as object });

export type OwnOptions = ReturnType<typeof withOwnOptions>;

/**
 * The `fetch` of clients of our own: a request ends by the signal that it was given, where it was given one. The SDK takes
 * long over each header that comes with a request; one more costs little here.
 */
export function fetchWithOwnOptions(url: string | URL | Request, init: OwnInit = {}): Promise<Response> {
  const own = init[ownOptions];
  if (own === undefined) return fetch(url, init);
  const headers = init.headers instanceof Headers ? init.headers : new Headers(init.headers);
  headers.set('Idempotency-Key', own.idempotencyKey);
  return fetch(url, { ...init, headers, signal: own.signal });
}
