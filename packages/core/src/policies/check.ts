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

/** @throws policy-invalid unless the value is an object whose keys are all among these */
export function checkOptions(value: unknown, name: string, keys: readonly string[]): void {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) {
    throw invalidPolicy(`${name}: expected options { ${keys.join(', ')} }, got ${describeValue(value)}.`);
  }
  const unknown = Object.keys(value).find((key) => !keys.includes(key));
  if (unknown !== undefined) throw invalidPolicy(`${name}: expected ${keys.join(', ')}, got '${unknown}'.`);
}

/** @throws policy-invalid unless the value is a function, or left out */
export function optionalFunction(value: unknown, name: string): void {
  if (value !== undefined && typeof value !== 'function') {
    throw invalidPolicy(`${name}: expected a function, got ${describeValue(value)}.`);
  }
}

export const invalidPolicy = (message: string): EspalierError => new EspalierError('policy-invalid', message);
