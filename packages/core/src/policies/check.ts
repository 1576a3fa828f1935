import { describeValue, EspalierError } from '../errors/espalier-error.js';

/** @throws policy-invalid unless the value is a whole number of at least `minimum` */
export function wholeNumber(value: unknown, name: string, minimum: number): number {
  if (Number.isInteger(value) && (value as number) >= minimum) return value as number;
  throw invalidPolicy(`${name}: expected a whole number from ${minimum}, got ${describeValue(value)}.`);
}

/** @throws policy-invalid unless the value is a number above zero */
export function positiveNumber(value: unknown, name: string): number {
  if (typeof value === 'number' && Number.isFinite(value) && value > 0) return value;
  throw invalidPolicy(`${name}: expected a number above 0, got ${describeValue(value)}.`);
}

export const invalidPolicy = (message: string): EspalierError => new EspalierError('policy-invalid', message);
