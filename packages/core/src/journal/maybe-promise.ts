/** A value, or the promise of one: what is at hand is not made to wait a turn. */
export type MaybePromise<T> = T | Promise<T>;

export function isPromise<T>(value: MaybePromise<T>): value is Promise<T>;
export function isPromise(value: unknown): value is PromiseLike<unknown>;
export function isPromise(value: unknown): boolean {
  return typeof value === 'object' && value !== null && typeof (value as { then?: unknown }).then === 'function';
}

/**
 * Whoever asks for two things and waits for one has the other rejected when the attempt ends: that must not end the
 * process. Whether anybody waits for it, what failed is on record.
 */
export function tended<T>(promise: Promise<T>): Promise<T> {
  promise.catch(nothing);
  return promise;
}

const nothing = (): void => {};
