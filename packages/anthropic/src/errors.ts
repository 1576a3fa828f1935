import { describeFailure, type ErrorCode, EspalierError, httpModelError } from '@espalier/core';

/** What the SDK's errors carry. Told by what they have, not by their class: a shared client may be of another copy. */
interface SdkError {
  readonly name?: string;
  readonly message?: string;
  readonly status?: number;
  readonly type?: string | null;
  readonly errorCode?: string | null;
  readonly apiMessage?: string | null;
  readonly requestID?: string | null;
  readonly headers?: { get(name: string): string | null };
  readonly cause?: unknown;
}

/** Codes of failures that the HTTP status does not tell: in a stream there is none. */
const codesOfTypes: Readonly<Record<string, ErrorCode>> = {
  invalid_request_error: 'model-request-invalid',
  authentication_error: 'model-auth',
  billing_error: 'model-auth',
  permission_error: 'model-auth',
  not_found_error: 'model-request-invalid',
  request_too_large: 'model-context-length',
  rate_limit_error: 'model-rate-limited',
  api_error: 'model-overloaded',
  timeout_error: 'model-timeout',
  overloaded_error: 'model-overloaded',
};

/** What the SDK or the connection threw, as an error of ours: nothing of the request is in it. */
export function modelErrorOf(error: unknown, model: string): EspalierError {
  if (EspalierError.is(error)) return error;
  const { message = '', status, requestID, headers } = (error ?? {}) as SdkError;
  if (/could not resolve authentication/i.test(message)) return missingKey(model);
  const said = (error as SdkError | null)?.apiMessage ?? (status === undefined ? undefined : message);
  const code = codeOf((error ?? {}) as SdkError);
  const retry = headers?.get('x-should-retry');
  const retryable = isSpent((error ?? {}) as SdkError) ? false : retry == null ? undefined : retry === 'true';
  return httpModelError({
    model,
    status,
    message: hinted(said ?? describeFailure(error)),
    header: headers === undefined ? undefined : (key) => headers.get(key),
    requestId: requestID ?? undefined,
    code,
    retryable,
  });
}

function codeOf({ name, message = '', status, type, apiMessage }: SdkError): ErrorCode | undefined {
  const text = apiMessage ?? message;
  if (name === 'APIConnectionTimeoutError') return 'model-timeout';
  if (name === 'SyntaxError') return 'model-response-malformed';
  if (/prompt is too long|exceeds? (?:the )?(?:model's )?context (?:window|limit)/i.test(text)) {
    return 'model-context-length';
  }
  if (/content filtering policy/i.test(text)) return 'model-content-filter';
  if (status === 402 || /credit balance is too low/i.test(text)) return 'model-auth';
  if (status === undefined) return type == null ? undefined : (codesOfTypes[type] ?? 'model-overloaded');
  return undefined;
}

/** A limit of spending that is reached: asking again does not help. */
const isSpent = ({ errorCode, status }: SdkError): boolean =>
  status === 429 && /spend_limit_reached|ramp_limit/.test(errorCode ?? '');

/** Where one of our options helps, it is named. */
const hinted = (message: string): string =>
  /compiled grammar is too large|too many strict tools|schema is too complex/i.test(message)
    ? `${message} Give anthropic(…, { strictTools: false }), or simpler schemas.`
    : message;

export const missingKey = (model: string): EspalierError =>
  new EspalierError('model-auth', `Model '${model}' has no API key.`, {
    hint: 'Set the environment variable ANTHROPIC_API_KEY, or give anthropic(…, { apiKey }).',
  });

export const unusableKey = (model: string): EspalierError =>
  new EspalierError('model-auth', `Model '${model}' has an API key with characters that no HTTP header can hold.`, {
    hint: 'Copy the key anew: it has only letters, digits and signs of ASCII.',
  });

export const malformed = (model: string, got: string): EspalierError =>
  new EspalierError('model-response-malformed', `Model '${model}': ${got}.`);
