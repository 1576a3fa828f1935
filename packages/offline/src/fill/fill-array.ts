import type { Json, JsonSchema } from '@espalier/core';
import { sizeOf } from './array-size.js';
import { unitsFor } from './array-units.js';
import { distinct, unlike } from './distinct.js';
import { rankOptions } from './fill-enum.js';
import { fillTexts } from './fill-texts.js';
import { type Filled, type Filling, itemSlot, type Slot } from './filling.js';
import { numberOf, partsOf, typesOf } from './fits.js';
import { resolved } from './resolve.js';
import type { Scope } from './scope.js';

/** Fills an array: objects for the parts of the material or for single facts, texts by the role of the array's name. */
export function fillArray(slot: Slot, scope: Scope, filling: Filling): Filled {
  const tuple = partsOf(slot.schema, 'prefixItems');
  const items = (slot.schema.items as JsonSchema | boolean | undefined) ?? true;
  const head = tuple.map(
    (part, index) => filling.fill(itemSlot(slot, resolved(part, filling.root), index), scope).value,
  );
  if (items === false) return { value: head, found: head.length > 0 };
  const item = resolved(items === true ? { type: 'string' } : items, filling.root);
  const bounds = { least: numberOf(slot.schema, 'minItems', 0), most: numberOf(slot.schema, 'maxItems', 1_000) };
  const wanted = sizeOf(slot, item, bounds, filling) - head.length;
  const filled = wanted <= 0 ? [] : entries(slot, item, scope, filling, wanted);
  const kept = slot.schema.uniqueItems === true ? distinct([...head, ...filled]) : [...head, ...filled];
  return { value: atLeast(kept, bounds.least, slot, item, scope, filling), found: filled.length > 0 };
}

function entries(slot: Slot, item: JsonSchema, scope: Scope, filling: Filling, wanted: number): readonly Json[] {
  if (Array.isArray(item.enum)) return options(item.enum as Json[], slot, scope, filling, wanted);
  const types = typesOf(item);
  if (types.includes('string') && item.format === undefined) return fillTexts(slot, item, scope, filling, wanted);
  const units =
    types.includes('object') || item.properties !== undefined
      ? unitsFor(slot, item, scope, filling, wanted)
      : scope.best(wanted).map((fact) => scope.only(fact));
  return units.slice(0, wanted).flatMap((unit, index) => {
    const filled = filling.fill(itemSlot(slot, item, index), unit);
    return filled.found || index < numberOf(slot.schema, 'minItems', 0) ? [filled.value] : [];
  });
}

function options(
  choices: readonly Json[],
  slot: Slot,
  scope: Scope,
  filling: Filling,
  wanted: number,
): readonly Json[] {
  const ranked = rankOptions(choices, slot, scope, filling);
  const told = ranked.filter((entry) => entry.score > 0).slice(0, wanted);
  return (told.length > 0 ? told : ranked.slice(0, numberOf(slot.schema, 'minItems', 0))).map((entry) => entry.option);
}

/** Fills up to `minItems`, with other values where they have to be unique. */
function atLeast(
  values: readonly Json[],
  least: number,
  slot: Slot,
  item: JsonSchema,
  scope: Scope,
  filling: Filling,
): readonly Json[] {
  const made = values.slice();
  const spare = Array.isArray(item.enum) ? (item.enum as Json[]) : [];
  for (let index = 0; made.length < least && index < least * 20 + spare.length; index += 1) {
    const fresh = spare[index] ?? filling.fill(itemSlot(slot, item, made.length), scope).value;
    const value = slot.schema.uniqueItems === true ? unlike(fresh, made, item, filling, index) : fresh;
    if (value !== undefined) made.push(value);
  }
  return made;
}
