import { type Duration, type ErrorCode, httpModelError, milliseconds } from '@espalier/core';
import { failsWith, type ModelFault } from './fault.js';

/** An HTTP answer that is an error, as a provider gives it. */
export interface HttpErrorOptions {
  readonly status: number;
  /** What the provider says. @default words that go with the status */
  readonly message?: string;
  /** How long the provider asks to wait. */
  readonly retryAfter?: Duration;
  /** Where the status tells too little. @default what follows from the status */
  readonly code?: ErrorCode;
  /** @default what the code's table says */
  readonly retryable?: boolean;
}

const words: Readonly<Record<number, string>> = {
  400: 'Invalid request.',
  401: 'Invalid API key.',
  403: 'The key may not use this model.',
  408: 'The request took too long.',
  413: 'The request is too large.',
  429: 'Too many requests.',
  500: 'Internal server error.',
  503: 'The service is overloaded.',
  504: 'The gateway timed out.',
  529: 'Overloaded.',
};

/**
 * The provider answers with an HTTP error: the same codes and details that a real adapter gives.
 * @example scriptedModel(httpError({ status: 500 }), 'Now it works.')
 * @since 0.1.0
 */
export function httpError(options: HttpErrorOptions): ModelFault {
  return named(`httpError({ status: ${options.status} })`, options);
}

/**
 * Too many requests (HTTP 429), with the provider's wish how long to wait.
 * @example scriptedModel(rateLimited({ retryAfter: '2s' }), 'Now it works.')
 * @since 0.1.0
 */
export const rateLimited = (options: { readonly retryAfter?: Duration } = {}): ModelFault =>
  named('rateLimited()', { status: 429, ...options });

/** The provider is overloaded (HTTP 529). @since 0.1.0 */
export const overloaded = (options: { readonly retryAfter?: Duration } = {}): ModelFault =>
  named('overloaded()', { status: 529, ...options });

/** The provider fails (HTTP 500). @since 0.1.0 */
export const serverError = (): ModelFault => named('serverError()', { status: 500 });

/** The provider does not accept the key (HTTP 401): no other attempt helps. @since 0.1.0 */
export const unauthorized = (): ModelFault => named('unauthorized()', { status: 401 });

/** The conversation is longer than the model can read: no other attempt helps. @since 0.1.0 */
export const contextTooLong = (): ModelFault =>
  named('contextTooLong()', {
    status: 400,
    code: 'model-context-length',
    message: 'The prompt is longer than the context of the model.',
  });

function named(name: string, { status, message, retryAfter, code, retryable }: HttpErrorOptions): ModelFault {
  const wait = retryAfter === undefined ? undefined : milliseconds(retryAfter, `${name}: retryAfter`);
  return failsWith(name, (model) =>
    httpModelError({
      model,
      status,
      code,
      retryable,
      message: message ?? words[status] ?? 'The request failed.',
      header: (header) => (header === 'retry-after-ms' && wait !== undefined ? String(wait) : undefined),
    }),
  );
}
