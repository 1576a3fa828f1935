import type { ErrorCode } from '@espalier/core';

/** What a provider says of a failure, besides the HTTP status. */
export interface ProviderWords {
  readonly message?: string;
  /** Its own code, type, status or reason: `insufficient_quota`, `overloaded_error`, `RESOURCE_EXHAUSTED`. */
  readonly words: readonly string[];
  readonly status?: number;
  /** In seconds. */
  readonly retryAfter?: string;
}

/** Reads the body of an answer, or what a stream gave in place of a part: `{ error: { … } }`, a list of such, or the inside. */
export function wordsOf(data: unknown): ProviderWords {
  const body = (Array.isArray(data) ? data[0] : data) as Record<string, unknown> | null | undefined;
  if (typeof body !== 'object' || body === null) return { words: [] };
  if (typeof body.error === 'object' && body.error !== null) return wordsOf(body.error);
  const details = Array.isArray(body.details) ? (body.details as readonly Record<string, unknown>[]) : [];
  const words = [body.code, body.type, body.status, ...details.map((detail) => detail?.reason)];
  const status = [body.statusCode, body.code].find(isStatus);
  const retryAfter = details.map((detail) => /^([\d.]+)s$/.exec(String(detail?.retryDelay))?.[1]).find(Boolean);
  return {
    ...(typeof body.message === 'string' && body.message !== '' ? { message: body.message } : {}),
    words: words.filter((word): word is string => typeof word === 'string'),
    ...(status === undefined ? {} : { status }),
    ...(retryAfter === undefined ? {} : { retryAfter }),
  };
}

const isStatus = (value: unknown): value is number => typeof value === 'number' && value >= 400 && value <= 599;

type Meaning = { readonly code?: ErrorCode; readonly retryable?: boolean };

/** Words of which one says more than the status. The first that matches counts. */
const meanings: readonly (readonly [RegExp, Meaning])[] = [
  [/^insufficient_quota$|^billing_/i, { code: 'model-rate-limited', retryable: false }],
  [/context_length_exceeded|^request_too_large$/i, { code: 'model-context-length' }],
  [/content_filter|content_policy|^PROHIBITED_CONTENT$|^SAFETY$/i, { code: 'model-content-filter' }],
  [/^overloaded|^UNAVAILABLE$|^server_error$|^api_error$|^INTERNAL$/i, { code: 'model-overloaded' }],
  [/rate_limit|^RESOURCE_EXHAUSTED$|^throttling/i, { code: 'model-rate-limited' }],
  [
    /^authentication|^permission_|^API_KEY_INVALID$|^UNAUTHENTICATED$|^PERMISSION_DENIED$|^invalid_api_key$/i,
    { code: 'model-auth' },
  ],
  [/timeout|^DEADLINE_EXCEEDED$/i, { code: 'model-timeout' }],
];

/** Providers that have no code for it say in words that a conversation is too long. */
const TOO_LONG =
  /prompt is too long|(?:maximum|model's) context (?:length|window)|exceeds? (?:the )?(?:maximum|max|model's|model) (?:number of (?:input )?tokens|context|input length|token)/i;

const REFUSED = /^invalid_request|^INVALID_ARGUMENT$|^FAILED_PRECONDITION$|^not_found|^NOT_FOUND$/i;

/** What a failure means by the provider's own words; nothing where the HTTP status tells as much. */
export function codeOfWords({ words, message = '' }: ProviderWords): Meaning {
  for (const [pattern, meaning] of meanings) if (words.some((word) => pattern.test(word))) return meaning;
  if (TOO_LONG.test(message)) return { code: 'model-context-length' };
  return words.some((word) => REFUSED.test(word)) ? { code: 'model-request-invalid' } : {};
}
