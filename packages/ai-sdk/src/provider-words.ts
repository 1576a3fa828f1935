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

/** Words that say more than any HTTP status. The first that matches counts. */
const particular: readonly (readonly [RegExp, Meaning])[] = [
  [
    /^insufficient_quota$|^credit_balance_|_(?:spend|usage)_limit_(?:exceeded|reached)$|^billing_/i,
    { code: 'model-rate-limited', retryable: false },
  ],
  [/context_length_exceeded|^request_too_large$/i, { code: 'model-context-length' }],
  [/content_filter|content_policy|^PROHIBITED_CONTENT$|^SAFETY$/i, { code: 'model-content-filter' }],
  [/^API_KEY_INVALID$/, { code: 'model-auth' }],
];

/** Words that stand for a status: they count where there is none, in the middle of a stream. */
const general: readonly (readonly [RegExp, Meaning])[] = [
  [/^overloaded|^UNAVAILABLE$|^server_error$|^api_error$|^INTERNAL$/i, { code: 'model-overloaded' }],
  [/rate_limit|^RESOURCE_EXHAUSTED$|^throttling/i, { code: 'model-rate-limited' }],
  [/^authentication|^permission_|^UNAUTHENTICATED$|^invalid_api_key$/i, { code: 'model-auth' }],
  [/timeout|^DEADLINE_EXCEEDED$/i, { code: 'model-timeout' }],
  [/^invalid_request|^INVALID_ARGUMENT$|^FAILED_PRECONDITION$|^not_found/i, { code: 'model-request-invalid' }],
];

/** What some providers have no word for, but say in a sentence. */
const sentences: readonly (readonly [RegExp, Meaning])[] = [
  [
    /prompt is too long|(?:maximum|model's) context (?:length|window)|exceeds? (?:the )?(?:maximum|max|model's|model) (?:number of (?:input )?tokens|context|input length|token)/i,
    { code: 'model-context-length' },
  ],
  [/content[- ]filter|content (?:management )?polic(?:y|ies)/i, { code: 'model-content-filter' }],
];

/**
 * What a failure means by the provider's own words; nothing where the HTTP status tells as much.
 * @param status of the answer; none in the middle of a stream
 */
export function codeOfWords({ words, message = '' }: ProviderWords, status: number | undefined): Meaning {
  const among = (meanings: readonly (readonly [RegExp, Meaning])[], texts: readonly string[]): Meaning | undefined =>
    meanings.find(([pattern]) => texts.some((text) => pattern.test(text)))?.[1];
  const refused = status === undefined || status === 400 || status === 422;
  return (
    among(particular, words) ??
    (refused ? among(sentences, [message]) : undefined) ??
    (status === undefined ? among(general, words) : undefined) ??
    {}
  );
}
