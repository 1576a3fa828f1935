import { type ErrorCode, type ErrorCodeInfo, errorCodes } from './codes.js';
import { redactSecrets } from './redact-secrets.js';

const brand = Symbol.for('@espalier/error');

/** Where an error happened. Every part is optional: a boot fault has a class, a run error has a node. */
export interface ErrorWhere {
  readonly workflow?: string;
  readonly runId?: string;
  /** Node path, such as `section[3]`. */
  readonly node?: string;
  readonly attempt?: number;
  /** Class name, with the member where one is meant: `Writer.run`. */
  readonly class?: string;
  readonly file?: string;
  /** Index of the argument that is wrong, from 0. */
  readonly argument?: number;
  /** JSON path of the value that is wrong, such as `$.items[2].title`. */
  readonly path?: string;
}

export interface EspalierErrorOptions {
  /** What to write instead. @default the hint of the code */
  readonly hint?: string;
  readonly where?: ErrorWhere;
  /** Plain data that belongs to the error. */
  readonly details?: unknown;
  readonly cause?: unknown;
  /** @default what the code's table says */
  readonly retryable?: boolean;
}

/** An error as plain data, as journals, events and other processes carry it. */
export interface SerializedError {
  readonly name: string;
  readonly code: string;
  readonly message: string;
  readonly hint?: string;
  readonly where?: ErrorWhere;
  readonly details?: unknown;
  readonly retryable: boolean;
  readonly cause?: SerializedError;
}

/**
 * The one class of all errors that Espalier throws.
 *
 * Tell errors apart by {@link EspalierError.is} and `code`, never by `instanceof`: what was thrown in another
 * process, or by another copy of the package, reads the same.
 *
 * @example
 * try { await espalier.run(workflow, input); }
 * catch (error) { if (EspalierError.is(error, 'budget-exceeded')) console.error(error.hint); }
 */
export class EspalierError extends Error {
  override readonly name: string = 'EspalierError';
  readonly code: ErrorCode;
  readonly hint: string;
  readonly where: ErrorWhere;
  readonly details: unknown;
  readonly retryable: boolean;

  constructor(code: ErrorCode, message: string, options: EspalierErrorOptions = {}) {
    super(message, options.cause === undefined ? undefined : { cause: options.cause });
    Object.defineProperty(this, brand, { value: true });
    this.code = code;
    // A newer version's code may come out of a journal: it has no entry here.
    const known: ErrorCodeInfo | undefined = Object.hasOwn(errorCodes, code) ? errorCodes[code] : undefined;
    this.hint = options.hint ?? known?.hint ?? 'See `message`.';
    this.where = options.where ?? {};
    this.details = options.details;
    this.retryable = options.retryable ?? known?.retryable ?? false;
  }

  /** True for an error of ours, from whichever copy of the package, with this code if one is given. */
  static is(error: unknown, code?: ErrorCode): error is EspalierError {
    return (
      typeof error === 'object' &&
      error !== null &&
      (error as { [brand]?: unknown })[brand] === true &&
      (code === undefined || (error as EspalierError).code === code)
    );
  }

  toJSON(): SerializedError {
    return serializeError(this);
  }
}

/**
 * An error as plain data: what a journal keeps. Unknown throws become `agent-failed` with their message.
 * @param depth how many causes are kept: a chain may be endless
 */
export function serializeError(error: unknown, depth = 4): SerializedError {
  if (EspalierError.is(error)) {
    return {
      name: error.name,
      code: error.code,
      message: redactSecrets(error.message),
      hint: error.hint,
      ...(Object.keys(error.where).length > 0 ? { where: error.where } : {}),
      ...plainDetails(error.details),
      retryable: error.retryable,
      ...(error.cause === undefined || depth === 0 ? {} : { cause: serializeError(error.cause, depth - 1) }),
    };
  }
  if (isError(error)) {
    const { code, retryable } = error as { code?: unknown; retryable?: unknown };
    return {
      name: error.name,
      code: typeof code === 'string' ? code : 'agent-failed',
      message: redactSecrets(error.message),
      ...pauseOf(error),
      retryable: typeof retryable === 'boolean' ? retryable : true,
      ...(error.cause === undefined || depth === 0 ? {} : { cause: serializeError(error.cause, depth - 1) }),
    };
  }
  return { name: 'Error', code: 'agent-failed', message: `threw ${describeValue(error)}`, retryable: true };
}

/** Of the details of foreign errors, which may hold keys, only how long they ask to wait: whoever tries again keeps to it. */
function pauseOf(error: Error): { readonly details?: unknown } {
  const { retryAfter } = ((error as { details?: unknown }).details ?? {}) as { retryAfter?: unknown };
  return typeof retryAfter === 'number' ? { details: { retryAfter } } : {};
}

/** An error of any realm: `instanceof` knows only those of its own. */
function isError(value: unknown): value is Error {
  if (value instanceof Error) return true;
  if (typeof value !== 'object' || value === null) return false;
  const { name, message } = value as { name?: unknown; message?: unknown };
  return typeof name === 'string' && typeof message === 'string';
}

/** Details as JSON has them, so that an error can always be kept; what JSON cannot hold is left out. */
function plainDetails(details: unknown): { readonly details?: unknown } {
  if (details === undefined) return {};
  try {
    const text = JSON.stringify(details) as string | undefined;
    return text === undefined ? {} : { details: JSON.parse(text) as unknown };
  } catch {
    return { details: describeValue(details) };
  }
}

/** The error that {@link serializeError} wrote: same code, message and place, on any machine. */
export function deserializeError(data: SerializedError): Error {
  const cause = data.cause === undefined ? undefined : deserializeError(data.cause);
  if (data.name === 'EspalierError' || data.name === 'GraphError') {
    const error = new EspalierError(data.code as ErrorCode, data.message, {
      ...(data.hint === undefined ? {} : { hint: data.hint }),
      ...(data.where === undefined ? {} : { where: data.where }),
      details: data.details,
      retryable: data.retryable,
      cause,
    });
    return Object.defineProperty(error, 'name', { value: data.name });
  }
  const error = new Error(data.message, cause === undefined ? undefined : { cause });
  error.name = data.name;
  const { code, retryable, details } = data;
  return Object.assign(error, { code, retryable, ...(details === undefined ? {} : { details }) });
}

/** A value and its type in a few words, for "expected …, got …". */
export function describeValue(value: unknown): string {
  if (value === null || value === undefined) return String(value);
  if (typeof value === 'string')
    return `${JSON.stringify(value.length > 40 ? `${value.slice(0, 40)}…` : value)} (string)`;
  if (typeof value === 'function') return `${value.name === '' ? 'a function' : value.name} (function)`;
  if (typeof value === 'object')
    return Array.isArray(value) ? `an array of ${value.length}` : `${value.constructor?.name ?? 'object'} (object)`;
  return `${String(value)} (${typeof value})`;
}
