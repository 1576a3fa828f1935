import { AISDKError, APICallError } from '@ai-sdk/provider';
import { type ErrorCode, EspalierError, httpModelError } from '@espalier/core';
import { codeOfWords, type ProviderWords, wordsOf } from './provider-words.js';

/** What an error of the AI SDK that came with no HTTP answer means. By name: providers bring their own copy of the classes. */
const namedCodes: Readonly<Record<string, ErrorCode>> = {
  AI_LoadAPIKeyError: 'model-auth',
  AI_LoadSettingError: 'model-request-invalid',
  AI_UnsupportedFunctionalityError: 'model-request-invalid',
  AI_InvalidPromptError: 'model-request-invalid',
  AI_InvalidArgumentError: 'model-request-invalid',
  AI_NoSuchModelError: 'model-request-invalid',
  AI_NoSuchProviderReferenceError: 'model-request-invalid',
  AI_InvalidResponseDataError: 'model-response-malformed',
  AI_JSONParseError: 'model-response-malformed',
  AI_TypeValidationError: 'model-response-malformed',
  AI_EmptyResponseBodyError: 'model-response-malformed',
  AI_NoContentGeneratedError: 'model-response-malformed',
};

/** What a call failed with, as an error of ours, without the request that the AI SDK's errors hold. */
export function toModelError(error: unknown, model: string): EspalierError {
  if (EspalierError.is(error)) return error;
  if (APICallError.isInstance(error)) return ofCall(error, model);
  const { name, message } = named(error);
  const code = AISDKError.isInstance(error) ? namedCodes[name] : undefined;
  if (code !== undefined) return httpModelError({ model, code, message, cause: plainCause(name, message) });
  return ofStream(error, model);
}

/** An HTTP answer, or none. */
function ofCall(error: APICallError, model: string): EspalierError {
  const { responseHeaders, isRetryable } = error;
  const words = wordsOf(error.data ?? parsed(error.responseBody));
  // An answer that began well and broke off is none.
  const broken = (error.statusCode ?? 0) < 400 && (isRetryable || networkCode(error) !== undefined);
  const answered = error.statusCode !== undefined && !broken;
  return httpModelError({
    model,
    status: answered ? error.statusCode : undefined,
    message: error.message === '' ? (words.message ?? 'no message') : error.message,
    header: headerOf(responseHeaders, words),
    requestId: requestIdOf(responseHeaders),
    ...(answered
      ? codeOfWords({ ...words, message: words.message ?? error.message }, error.statusCode)
      : codeOfNetwork(error)),
    cause: plainCause(error.name, error.message),
  });
}

/** What a provider says in the middle of a stream: an object of its own, an error, or a text. */
function ofStream(error: unknown, model: string): EspalierError {
  const { name, message } = named(error);
  const words = wordsOf(error);
  const known = codeOfWords({ ...words, message: words.message ?? message }, words.status);
  const status = words.status;
  const code = known.code ?? (status === undefined ? (networkCode(error) ?? 'model-failed') : undefined);
  return httpModelError({
    model,
    status,
    message: words.message ?? message,
    header: headerOf(undefined, words),
    ...known,
    code,
    cause: plainCause(name, message),
  });
}

/** Names of header fields in which providers give the id of a request, for their support. */
const idHeaders = ['x-request-id', 'request-id', 'x-amzn-requestid', 'apim-request-id', 'x-goog-request-id'];

export function requestIdOf(headers: Readonly<Record<string, string>> | undefined): string | undefined {
  const found = idHeaders.find((name) => headers?.[name] !== undefined);
  return found === undefined ? undefined : headers?.[found];
}

/** Google tells how long to wait in the body. */
const headerOf =
  (headers: Readonly<Record<string, string>> | undefined, { retryAfter }: ProviderWords) =>
  (name: string): string | undefined =>
    headers?.[name] ?? (name === 'retry-after' ? retryAfter : undefined);

const TIMEOUTS: ReadonlySet<string> = new Set([
  'ETIMEDOUT',
  'UND_ERR_HEADERS_TIMEOUT',
  'UND_ERR_BODY_TIMEOUT',
  'UND_ERR_CONNECT_TIMEOUT',
]);

const codeOfNetwork = (error: unknown): { readonly code: ErrorCode } => ({
  code: networkCode(error) ?? 'model-connection',
});

/** The code of a socket's or of fetch's failure, wherever in the chain of causes it stands. */
function networkCode(error: unknown): ErrorCode | undefined {
  let current = error as { code?: unknown; name?: unknown; message?: unknown; cause?: unknown } | null | undefined;
  let fetching = false;
  for (let depth = 0; depth < 8 && typeof current === 'object' && current !== null; depth += 1) {
    const { code, name, message } = current;
    if (name === 'TimeoutError' || (typeof code === 'string' && TIMEOUTS.has(code))) return 'model-timeout';
    if (typeof code === 'string' && /^(?:E[A-Z]{3,}|UND_ERR_\w+|Connection\w+|FailedToOpenSocket)$/.test(code)) {
      return 'model-connection';
    }
    if (name === 'TypeError' && /^(?:fetch failed|failed to fetch|terminated)$/i.test(String(message))) fetching = true;
    current = current.cause as typeof current;
  }
  return fetching ? 'model-connection' : undefined;
}

function named(error: unknown): { readonly name: string; readonly message: string } {
  if (typeof error === 'string') return { name: 'Error', message: error };
  const { name, message } = (error ?? {}) as { name?: unknown; message?: unknown };
  return {
    name: typeof name === 'string' ? name : 'Error',
    message: typeof message === 'string' && message !== '' ? message : 'the provider failed without a message',
  };
}

/** Only the name and the message: the AI SDK's errors hold the request. */
function plainCause(name: string, message: string): Error {
  const cause = new Error(shortened(message));
  cause.name = name;
  return cause;
}

/** A validation's message quotes all that was not valid. */
const LONGEST = 1_000;
const shortened = (message: string): string => (message.length > LONGEST ? `${message.slice(0, LONGEST)}…` : message);

function parsed(body: string | undefined): unknown {
  try {
    return JSON.parse(body ?? '');
  } catch {
    return undefined;
  }
}
