import { type ChatOptions, describeFailure, type ErrorCode, EspalierError, httpModelError } from '@espalier/core';
import type { ModelSetup } from './options.js';

/** What the SDK's errors carry. Told by what they have, not by their class: a shared client may be of another copy. */
interface SdkError {
  readonly name?: string;
  readonly message?: string;
  readonly status?: number;
  readonly code?: string | number | null;
  readonly type?: string | null;
  readonly error?: unknown;
  readonly requestID?: string | null;
  readonly headers?: { get(name: string): string | null };
  readonly cause?: unknown;
}

/** What a server says of a failure, in its own words. */
export interface Problem {
  readonly code: string;
  readonly type?: string;
  readonly message: string;
  readonly status?: number | undefined;
}

/**
 * Those that another attempt does not change, whatever their status says.
 * @see https://help.openai.com/en/articles/5955604-troubleshooting-api-rate-limits-and-429-errors
 */
const spent: ReadonlySet<string> = new Set([
  'insufficient_quota',
  'credit_balance_exhausted',
  'organization_usage_limit_exceeded',
  'organization_spend_limit_exceeded',
  'project_spend_limit_exceeded',
  'billing_hard_limit_reached',
  'billing_not_active',
]);

/** Failures that the HTTP status does not tell: in a stream there is none, and many have status 400. */
const codes: ReadonlyMap<string, ErrorCode> = new Map<string, ErrorCode>(
  Object.entries<ErrorCode>({
    context_length_exceeded: 'model-context-length',
    rate_limit_exceeded: 'model-rate-limited',
    server_error: 'model-overloaded',
    overloaded_error: 'model-overloaded',
    vector_store_timeout: 'model-timeout',
    invalid_api_key: 'model-auth',
    content_filter: 'model-content-filter',
    content_policy_violation: 'model-content-filter',
    image_content_policy_violation: 'model-content-filter',
    bio_policy: 'model-content-filter',
    misalignment_policy_violation: 'model-content-filter',
  }),
);

const tooLong =
  /(?:maximum|exceeds?|larger than|longer than)[^.]{0,40} context (?:length|window|size)|context length exceeded|prompt is too long|input is too long|request too large|'(?:input|messages)[^']*': string too long/i;

function codeOf({ code, type = '', message, status }: Problem): ErrorCode | undefined {
  const known = spent.has(code) || spent.has(type) ? 'model-rate-limited' : (codes.get(code) ?? codes.get(type));
  if (tooLong.test(message)) return 'model-context-length';
  // Of a failing server the status tells more.
  if (known !== undefined && (known !== 'model-overloaded' || status === undefined)) return known;
  if (status === 402) return 'model-auth';
  if (status === undefined) return code === '' && type === '' ? undefined : 'model-request-invalid';
  return undefined;
}

/** What the SDK or the connection threw, as an error of ours: nothing of the request is in it. */
export function modelErrorOf(error: unknown, model: string): EspalierError {
  if (EspalierError.is(error)) return error;
  const sdk = (typeof error === 'object' && error !== null ? error : { message: String(error) }) as SdkError;
  const { headers, requestID } = sdk;
  const problem = problemOf(sdk);
  const { status } = problem;
  const code = ownCode(sdk) ?? codeOf(problem);
  return httpModelError({
    model,
    status,
    message: problem.message,
    header: headers === undefined ? undefined : (key) => headers.get(key),
    requestId: requestID ?? headers?.get('x-request-id') ?? undefined,
    code,
    retryable: retryableOf(problem, code, headers?.get('x-should-retry')),
  });
}

/** A failure that the server told within an answer, such as `response.failed`. */
export const problemError = (problem: Problem, model: string, requestId?: string): EspalierError =>
  httpModelError({
    model,
    status: problem.status,
    message: problem.message,
    requestId,
    code: codeOf(problem) ?? (problem.status === undefined ? 'model-overloaded' : undefined),
    retryable: spent.has(problem.code) ? false : undefined,
  });

export const malformed = (model: string, what: string): EspalierError =>
  new EspalierError('model-response-malformed', `Model '${model}': ${what}.`);

/** Where another attempt would end the same way, or the server says whether it would not. */
function retryableOf(
  problem: Problem,
  code: ErrorCode | undefined,
  told: string | null | undefined,
): boolean | undefined {
  if (spent.has(problem.code) || spent.has(problem.type ?? '') || code === 'model-context-length') return false;
  return told === 'true' ? true : told === 'false' ? false : undefined;
}

function ownCode({ name, status, message = '', cause }: SdkError): ErrorCode | undefined {
  if (name === 'APIConnectionTimeoutError') return 'model-timeout';
  if (status !== undefined) return undefined;
  if (name === 'SyntaxError' || /JSON|Unexpected (?:token|end)/.test(message)) return 'model-response-malformed';
  // What the connection throws has a cause; without one, the answer was not of the shape that it has to be.
  if (name === 'TypeError' && cause === undefined) return 'model-response-malformed';
  return undefined;
}

function problemOf(sdk: SdkError): Problem {
  const body = typeof sdk.error === 'object' && sdk.error !== null ? (sdk.error as SdkError) : sdk;
  const status = sdk.status ?? (body === sdk ? undefined : statusIn(body.code));
  const said = typeof body.message === 'string' && body.message !== '' ? body.message : undefined;
  const message = status === undefined && body === sdk ? describeFailure(sdk) : (said ?? sdk.message ?? 'It failed.');
  const own = status !== undefined || body !== sdk; // a code of the connection, such as ECONNRESET, is none of the API
  return {
    code: own ? String(body.code ?? sdk.code ?? '') : '',
    type: own ? String(body.type ?? sdk.type ?? '') : '',
    message,
    status,
  };
}

/** Some servers tell the status that they would have given as the code of an error within a stream, OpenRouter's for one. */
export const statusIn = (code: unknown): number | undefined =>
  typeof code === 'number' && code >= 400 && code < 600 ? code : undefined;

/** The stream ended before the answer was whole. */
export const brokenOff = (model: string, requestId?: string): EspalierError =>
  httpModelError({ model, message: 'The stream ended before the answer was whole.', requestId });

/** What a call fails with: whoever aborts it gets the reason that they gave. */
export const failed = (error: unknown, { fullName }: ModelSetup, { signal }: ChatOptions): unknown =>
  signal.aborted ? signal.reason : modelErrorOf(error, fullName);
