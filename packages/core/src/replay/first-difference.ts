import type { Json } from '../schema/json.js';
import { jsonPath } from '../schema/json-path.js';

/** A place where two values differ, and what each has there; nothing where it has nothing. */
export interface Difference {
  readonly keys: readonly (string | number)[];
  readonly path: string;
}

type Part = Json | undefined;

/** Where two values first differ, in the order of the first one. The order of keys makes no difference. */
export function firstDifference(before: Part, now: Part): Difference | undefined {
  const keys: (string | number)[] = [];
  return isSame(before, now, keys) ? undefined : { keys, path: jsonPath(keys) };
}

/** What a value has at a place; where all of a part is masked, that. */
export function partAt(value: Part, keys: readonly (string | number)[]): Part {
  let part: unknown = value;
  for (const key of keys) {
    if (typeof part === 'string') break;
    part = (part as Readonly<Record<string, unknown>> | undefined)?.[key];
  }
  return part as Part;
}

function isSame(before: Part, now: Part, keys: (string | number)[]): boolean {
  if (before === now) return true;
  if (!isObject(before) || !isObject(now) || Array.isArray(before) !== Array.isArray(now)) return false;
  for (const key of new Set([...Object.keys(before), ...Object.keys(now)])) {
    keys.push(Array.isArray(before) ? Number(key) : key);
    if (!isSame(before[key], now[key], keys)) return false;
    keys.pop();
  }
  return true;
}

const isObject = (value: Part): value is { readonly [key: string]: Json } =>
  typeof value === 'object' && value !== null;
