import type { ErrorCode } from '../errors/codes.js';
import { EspalierError } from '../errors/espalier-error.js';

/** What a provider answered in place of a model's answer. */
export interface HttpFailure {
  /** Name of the model, such as `openai:gpt-5.5`. */
  readonly model: string;
  /** HTTP status; none where no answer came. */
  readonly status?: number | undefined;
  /** What the provider says, without headers and keys. Of a page of HTML only the title is told, of a long text the beginning. */
  readonly message: string;
  /** Looks up a header of the answer, by its name in lower case. */
  readonly header?: ((name: string) => string | null | undefined) | undefined;
  /** The provider's id of the request. */
  readonly requestId?: string | undefined;
  /** What the adapter knows better than the status tells. */
  readonly code?: ErrorCode | undefined;
  /** @default what the code's table says */
  readonly retryable?: boolean | undefined;
  readonly cause?: unknown;
}

/**
 * A provider's failure as an error of ours: the code by the HTTP status, whether another attempt can help, and how long
 * the provider asks to wait, as `details.retryAfter` in milliseconds.
 *
 * @example
 * const error = httpModelError({ model: 'acme:large', status: 429, message: 'Slow down', header: () => '2' });
 * // error.code: model-rate-limited, error.retryable: true, error.details: { status: 429, retryAfter: 2000 }
 */
export function httpModelError(failure: HttpFailure): EspalierError {
  const { model, status, message, header, requestId, retryable, cause } = failure;
  const code = failure.code ?? codeOf(status);
  const retryAfter = header === undefined ? undefined : readRetryAfter(header);
  const about = [status === undefined ? '' : `HTTP ${status}`, requestId === undefined ? '' : `request ${requestId}`];
  const suffix = about.filter((part) => part !== '').join(', ');
  return new EspalierError(
    code,
    `Model '${model}': ${readable(message, status)}${suffix === '' ? '' : ` (${suffix})`}`,
    {
      details: {
        ...(status === undefined ? {} : { status }),
        ...(requestId === undefined ? {} : { requestId }),
        ...(retryAfter === undefined ? {} : { retryAfter }),
      },
      ...(retryable === undefined ? {} : { retryable }),
      ...(cause === undefined ? {} : { cause }),
    },
  );
}

/** How much of a provider's words goes into a message. */
const MAX_MESSAGE = 500;

/** SDKs put the status before the provider's words. A proxy answers with a page: its title tells. */
function readable(message: string, status: number | undefined): string {
  const text = status !== undefined && message.startsWith(`${status} `) ? message.slice(`${status} `.length) : message;
  if (/^\s*<(?:!doctype|html|head|body)/i.test(text)) {
    const title = /<title>([^<]*)/i.exec(text)?.[1]?.trim();
    return `A page of HTML came back${title === undefined ? '' : `: ${title}`}.`;
  }
  return text.length > MAX_MESSAGE ? `${text.slice(0, MAX_MESSAGE)}…` : text;
}

function codeOf(status: number | undefined): ErrorCode {
  if (status === undefined) return 'model-connection';
  if (status === 401 || status === 403) return 'model-auth';
  if (status === 408 || status === 504) return 'model-timeout';
  if (status === 429) return 'model-rate-limited';
  if (status === 413) return 'model-context-length';
  if (status === 409 || status >= 500) return 'model-overloaded';
  if (status >= 400) return 'model-request-invalid';
  return 'model-response-malformed';
}

/**
 * How long to wait, in milliseconds. A date is read against the answer's own `date`: the clocks may differ.
 * @see RFC 9110, section 10.2.3; `retry-after-ms` is what OpenAI and Azure add to it
 */
function readRetryAfter(header: (name: string) => string | null | undefined): number | undefined {
  const milliseconds = Number.parseFloat(header('retry-after-ms') ?? '');
  if (milliseconds >= 0) return milliseconds;
  const text = header('retry-after');
  if (text === null || text === undefined || text.trim() === '') return undefined;
  const seconds = Number(text);
  if (Number.isFinite(seconds)) return Math.max(0, seconds * 1000);
  const wait = Date.parse(text) - Date.parse(header('date') ?? '');
  return Number.isFinite(wait) ? Math.max(0, wait) : undefined;
}
