import type { Json, JsonSchema } from '@espalier/core';
import type { Filling } from './filling.js';
import { equal, fits, lengthOf, numberOf } from './fits.js';

/** The value, or one made different from all others by a number, if the schema allows that. */
export function unlike(
  value: Json,
  others: readonly Json[],
  item: JsonSchema,
  filling: Filling,
  index: number,
): Json | undefined {
  const fresh = (candidate: Json): boolean =>
    !others.some((other) => equal(other, candidate)) && fits(item, candidate, filling.root);
  if (fresh(value)) return value;
  const most = numberOf(item, 'maxLength', Number.POSITIVE_INFINITY);
  const step = numberOf(item, 'multipleOf', 1);
  const variants: readonly Json[] =
    typeof value === 'string'
      ? [
          `${value} ${index + 2}`,
          `${[...value].slice(0, Math.max(0, Math.min(most, lengthOf(value)) - String(index).length)).join('')}${index}`,
        ]
      : typeof value === 'number'
        ? [
            value + step * (index + 1),
            value - step * (index + 1),
            value + (index + 1) / 1024,
            value - (index + 1) / 1024,
          ]
        : typeof value === 'boolean'
          ? [!value]
          : [];
  return variants.find(fresh);
}

/** Each value once, in order. */
export function distinct(values: readonly Json[]): readonly Json[] {
  return values.filter((value, index) => values.findIndex((other) => equal(other, value)) === index);
}
