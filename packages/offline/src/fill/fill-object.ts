import type { Json, JsonSchema } from '@espalier/core';
import { keywordsOf } from '../text/keywords.js';
import { define } from './define.js';
import { deepest, type Filled, type Filling, type Slot } from './filling.js';
import { numberOf, typesOf } from './fits.js';
import { resolved } from './resolve.js';
import { roleOf } from './roles.js';
import type { Scope } from './scope.js';

/** Fills an object, property by property; optional ones that would state nothing are left out. */
export function fillObject(slot: Slot, scope: Scope, filling: Filling): Filled {
  const required = new Set(slot.schema.required ?? []);
  const filled = new Map<string, Json>();
  let found = false;
  for (const [name, part] of inFillingOrder(slot, scope, filling)) {
    if (slot.depth >= deepest && !required.has(name)) continue;
    const child = filling.fill(propertySlot(slot, name, part), scope);
    if (child.found) found = true;
    if (child.found || required.has(name)) filled.set(name, child.value);
  }
  const value: Record<string, Json> = {};
  for (const name of Object.keys(slot.schema.properties ?? {}))
    if (filled.has(name)) define(value, name, filled.get(name) as Json);
  for (const name of required)
    if (!Object.hasOwn(value, name))
      define(value, name, filling.fill(propertySlot(slot, name, otherSchema(slot, filling)), scope).value);
  addOthers(value, slot, scope, filling);
  return { value, found };
}

/**
 * Where something was asked, lists of facts take the best ones first, and a summary beside them adds to them. Where nothing was
 * asked, the summary says first what the text is about, and the lists add to it.
 */
function inFillingOrder(slot: Slot, scope: Scope, filling: Filling): readonly (readonly [string, JsonSchema])[] {
  const all = Object.entries(slot.schema.properties ?? {}).map(
    ([name, part]) => [name, resolved(part, filling.root)] as const,
  );
  const turn = ([name, part]: readonly [string, JsonSchema]): number => {
    if (scope.material.query.size > 0) return typesOf(part).includes('array') && roleOf(name) !== 'quote' ? 0 : 1;
    return roleOf(name) === 'summary' && typesOf(part).includes('string') ? 0 : 1;
  };
  return all.sort((left, right) => turn(left) - turn(right));
}

function propertySlot(slot: Slot, name: string, schema: JsonSchema): Slot {
  const description = typeof schema.description === 'string' ? schema.description : '';
  const step = /^[A-Za-z_$][\w$]*$/.test(name) ? `.${name}` : `[${JSON.stringify(name)}]`;
  return { schema, name, description, path: slot.path + step, depth: slot.depth + 1 };
}

/** For maps with a least number of entries: keyed by keywords. */
function addOthers(value: Record<string, Json>, slot: Slot, scope: Scope, filling: Filling): void {
  const least = numberOf(slot.schema, 'minProperties', 0);
  if (Object.keys(value).length >= least) return;
  for (const [name, part] of Object.entries(slot.schema.properties ?? {})) {
    if (Object.keys(value).length >= least) return;
    if (!Object.hasOwn(value, name))
      define(value, name, filling.fill(propertySlot(slot, name, resolved(part, filling.root)), scope).value);
  }
  if (slot.schema.additionalProperties === false) return;
  const names = keywordsOf(
    scope.facts.map((fact) => fact.text),
    scope.material.vocabulary,
    least,
  ).map((keyword) => keyword.text);
  for (let index = 0; Object.keys(value).length < least; index += 1) {
    const name = names[index] ?? `entry-${index + 1}`;
    if (!Object.hasOwn(value, name))
      define(value, name, filling.fill(propertySlot(slot, name, otherSchema(slot, filling)), scope).value);
  }
}

function otherSchema(slot: Slot, filling: Filling): JsonSchema {
  const others = slot.schema.additionalProperties as JsonSchema | boolean | undefined;
  return others === undefined || typeof others === 'boolean' ? { type: 'string' } : resolved(others, filling.root);
}
