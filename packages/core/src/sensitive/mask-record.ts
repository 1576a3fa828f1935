import type { Event } from '../events/event.js';
import { type Mark, parseMark, type Range } from './marks.js';

/** What stands where something sensitive stood. */
const MASK = '[sensitive]';

/**
 * A record with its sensitive data masked, by its own marks: no schema and no code of the workflow is needed. Strings,
 * numbers and all else become `'[sensitive]'`; within a text only the sensitive part does. What has no marks is given
 * back as it is. Events come masked already; this is for whoever reads a journal.
 *
 * @example
 * const records = await journal.read(runId);
 * console.log(JSON.stringify(records.map(maskRecord)));
 */
export function maskRecord<E extends Event>(record: E): E {
  const { sensitive, ...rest } = record;
  return sensitive === undefined ? record : (maskAll(rest, sensitive) as E);
}

/** A copy of a value with what the marks say masked. */
export function maskAll<T>(value: T, marks: readonly string[]): T {
  let masked: unknown = value;
  for (const mark of marks) masked = maskAt(masked, parseMark(mark), 0);
  return masked as T;
}

function maskAt(value: unknown, mark: Mark, depth: number): unknown {
  const key = mark.keys[depth];
  if (key === undefined) {
    return mark.ranges === undefined || typeof value !== 'string' ? MASK : maskRanges(value, mark.ranges);
  }
  if (typeof value !== 'object' || value === null || !Object.hasOwn(value, key)) return value;
  const masked = maskAt((value as Record<string, unknown>)[key], mark, depth + 1);
  if (Array.isArray(value)) return value.with(Number(key), masked);
  return { ...value, [key]: masked };
}

/** A text with these parts of it masked. */
export function maskRanges(text: string, ranges: readonly Range[]): string {
  let masked = '';
  let at = 0;
  for (const { from, to, json } of ranges) {
    masked += text.slice(at, from) + (json === true ? `"${MASK}"` : MASK);
    at = to;
  }
  return masked + text.slice(at);
}
