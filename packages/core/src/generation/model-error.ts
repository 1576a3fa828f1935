import { deserializeError, EspalierError, serializeError } from '../errors/espalier-error.js';
import { redactSecrets } from '../errors/redact-secrets.js';

/**
 * What a model threw, as it may be seen: an error that carries a `code` and `retryable` keeps them, any other becomes
 * `model-failed`. Only names, codes, messages and the details of errors of ours pass: the objects that SDKs throw hold the
 * request with its headers, and whoever prints an error prints its causes.
 */
export function modelError(error: unknown, { node, model }: { readonly node: string; readonly model: string }): Error {
  const { code, retryable, message } = (error ?? {}) as { code?: unknown; retryable?: unknown; message?: unknown };
  const known = EspalierError.is(error) || (typeof code === 'string' && typeof retryable === 'boolean');
  if (known) {
    const clean = cleaned(error);
    const { retryAfter } = ((error as { details?: unknown }).details ?? {}) as { retryAfter?: unknown };
    if (!EspalierError.is(clean) && typeof retryAfter === 'number') Object.assign(clean, { details: { retryAfter } });
    return clean;
  }
  const text =
    typeof error === 'string' ? error : typeof message === 'string' ? message : serializeError(error).message;
  return new EspalierError('model-failed', redactSecrets(`Model '${model}' failed: ${text}`), {
    where: { node },
    cause: cleaned(error),
  });
}

/** The same error without what may hold secrets. It keeps the places in code that it came through. */
function cleaned(error: unknown): Error {
  const clean = deserializeError(serializeError(error)); // which hides keys in messages
  const { stack } = (error ?? {}) as { stack?: unknown };
  const frames = typeof stack === 'string' ? stack.split('\n').filter((line) => /^\s+at /.test(line)) : [];
  if (frames.length > 0) clean.stack = [`${clean.name}: ${clean.message}`, ...frames].join('\n');
  return clean;
}
