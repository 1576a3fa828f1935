import { type ErrorWhere, EspalierError } from '../errors/espalier-error.js';

/** How far down a chain of causes, which may be a circle, a `retryAfter` is looked for. */
const DEEPEST_CAUSE = 5;

/** How many milliseconds the error, or what caused it, asks to wait in `details.retryAfter`; 0 where nothing does. */
export function retryAfter(error: unknown): number {
  let at = error as { details?: { retryAfter?: unknown } | null; cause?: unknown } | null | undefined;
  for (let depth = 0; depth < DEEPEST_CAUSE && typeof at === 'object' && at !== null; depth++) {
    const delay = at.details?.retryAfter;
    if (typeof delay === 'number' && Number.isFinite(delay) && delay > 0) return delay;
    at = at.cause as typeof at;
  }
  return 0;
}

/** Trying earlier than asked would fail again, and waiting that long is rarely what anybody wants. */
export function askedTooLate(
  error: unknown,
  asked: number,
  {
    maxRetryAfter,
    attempt,
    where,
  }: { readonly maxRetryAfter: number; readonly attempt: number; readonly where: ErrorWhere },
): EspalierError {
  const message = error instanceof Error ? error.message : String(error);
  return new EspalierError(
    'retry-too-late',
    `Attempt ${attempt} failed and asks to wait ${asked} ms before the next; at most ${maxRetryAfter} ms are allowed: ${message}`,
    {
      hint: `Add a @Fallback, or write @Retry({ maxRetryAfter: ${asked} }) to wait that long.`,
      where,
      details: { retryAfter: asked, maxRetryAfter },
      cause: error,
    },
  );
}
