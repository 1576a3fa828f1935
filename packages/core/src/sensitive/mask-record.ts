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
  const root: MarkTree = {};
  for (const mark of marks) plant(root, parseMark(mark));
  return masked(value, root) as T;
}

/** Marks by the place that they are for: a value with thousands of them is copied once. */
interface MarkTree {
  below?: Map<string, MarkTree>;
  whole?: boolean;
  ranges?: readonly Range[];
}

function plant(root: MarkTree, { keys, ranges }: Mark): void {
  let tree = root;
  for (const key of keys) {
    tree.below ??= new Map();
    let next = tree.below.get(key);
    if (next === undefined) {
      next = {};
      tree.below.set(key, next);
    }
    tree = next;
  }
  if (ranges === undefined) tree.whole = true;
  else tree.ranges = ranges;
}

function masked(value: unknown, { below, whole, ranges }: MarkTree): unknown {
  if (whole === true) return MASK;
  if (ranges !== undefined) return typeof value === 'string' ? maskRanges(value, ranges) : MASK;
  if (below === undefined || typeof value !== 'object' || value === null) return value;
  const copy = (Array.isArray(value) ? [...value] : { ...value }) as Record<string, unknown>;
  for (const [key, tree] of below) if (Object.hasOwn(copy, key)) copy[key] = masked(copy[key], tree);
  return copy;
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
