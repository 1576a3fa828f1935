/** What a request tells our `fetch` besides what it tells every `fetch`: which signal ends it. */
const ownSignal = Symbol('espalier.signal');

type OwnInit = RequestInit & { readonly [ownSignal]?: AbortSignal };

/** The SDK passes on whatever the options for `fetch` have. */
export const withOwnSignal = (signal: AbortSignal): object => ({ [ownSignal]: signal });

/** The `fetch` of clients of our own: a request ends by the signal that it was given, where it was given one. */
export const fetchWithOwnSignal = (url: string | URL | Request, init: OwnInit = {}): Promise<Response> =>
  fetch(url, init[ownSignal] === undefined ? init : { ...init, signal: init[ownSignal] });
