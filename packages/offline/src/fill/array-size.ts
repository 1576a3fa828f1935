import type { JsonSchema } from '@espalier/core';
import { escapePattern } from '../text/escape-pattern.js';
import { deepest, type Filling, type Slot } from './filling.js';
import { typesOf } from './fits.js';
import { countHint } from './hints.js';
import { roleOf, spaced } from './roles.js';

/** Names of arrays whose items are parts of the material. */
export const grouping =
  /\b(?:sections?|chapters?|documents?|docs|files?|groups?|parts?|sources|references|pages|articles|records|reports|summaries|digests)\b/;
/** Names of arrays whose items are whole records, never chapters. */
export const recordsOnly =
  /\b(?:documents?|docs|files?|sources|references|pages|articles|records|ranking|rankings|relevant)\b/;

/** How many items are given when nothing says how many. */
const usual: Readonly<Record<string, number>> = {
  keyword: 6,
  quote: 3,
  statement: 4,
  title: 6,
  identity: 50,
  problem: 5,
  reason: 2,
  question: 1,
  summary: 2,
};

/** How many items an array gets: what its description or the task asks for, or what is usual, within its bounds. */
export function sizeOf(
  slot: Slot,
  item: JsonSchema,
  bounds: { readonly least: number; readonly most: number },
  filling: Filling,
): number {
  if (slot.depth >= deepest) return bounds.least;
  const words = spaced(slot.name);
  const noun = escapePattern(words.split(' ').pop() ?? '').replace(/s$/, 's?');
  const asked =
    countHint(slot.description, `${noun || 'items?'}|items?|entries|sentences`) ??
    (noun === '' ? undefined : countHint(filling.task, noun));
  const role = roleOf(slot.name, slot.description);
  const natural =
    asked ??
    (grouping.test(words) && !typesOf(item).includes('string')
      ? recordsOnly.test(words)
        ? 50
        : 6
      : (usual[role] ?? 4));
  return Math.max(bounds.least, Math.min(bounds.most, Math.max(1, Math.round(natural * filling.amount))));
}
