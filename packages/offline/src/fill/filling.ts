import type { Json, JsonSchema } from '@espalier/core';
import type { Fact } from '../reading/material.js';
import type { Scope } from './scope.js';

/** A place in the answer that wants a value. */
export interface Slot {
  /** With references resolved. */
  readonly schema: JsonSchema;
  /** Property name; the array's name for its items. Empty at the root. */
  readonly name: string;
  readonly description: string;
  /** JSON path, such as `$.points[2].quote`. */
  readonly path: string;
  readonly depth: number;
}

export interface Filled {
  readonly value: Json;
  /** False for a value that only keeps the schema and states nothing: optional properties leave it out. */
  readonly found: boolean;
}

/** Deeper than this, only what is required is filled: schemas may refer to themselves. */
export const deepest = 8;

/** What filling one answer knows. */
export interface Filling {
  readonly root: JsonSchema;
  /** The task in the user's words, with the instructions before it. */
  readonly task: string;
  /** Facts that the answer has already given. */
  readonly used: Set<Fact>;
  /** 1, or less when the answer has to be shorter. */
  readonly amount: number;
  /** How often this answer was refused, and at which paths (none named: everywhere). */
  readonly refused: { readonly times: number; readonly paths: readonly string[] };
  fill(slot: Slot, scope: Scope): Filled;
}

/** How many candidates a slot passes over because earlier answers were refused there. */
export function skipped(filling: Filling, path: string): number {
  const { times, paths } = filling.refused;
  if (times === 0) return 0;
  return paths.length === 0 ||
    paths.some(
      (refused) => path.startsWith(refused) || refused.startsWith(`${path}.`) || refused.startsWith(`${path}[`),
    )
    ? times
    : 0;
}

/** The place of an array's item. It has the array's name, in the singular. */
export function itemSlot(slot: Slot, schema: JsonSchema, index: number): Slot {
  const description = typeof schema.description === 'string' ? schema.description : slot.description;
  return { schema, name: singular(slot.name), description, path: `${slot.path}[${index}]`, depth: slot.depth + 1 };
}

const singular = (name: string): string => name.replace(/ies$/, 'y').replace(/(?<!s)s$/, '');
