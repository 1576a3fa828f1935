import type { Json } from '@espalier/core';
import { lookUp, normalKey, type Source, withChildren } from '../reading/source.js';
import type { Filling, Slot } from './filling.js';
import { fits } from './fits.js';
import { roleOf } from './roles.js';
import type { Scope } from './scope.js';

/** Longer texts are read, not copied. */
const longest = 600;

/**
 * The value that an input already has under the property's name, if it fits: of the source in focus and what it stands in, or
 * the one value on which all inputs agree.
 */
export function copied(slot: Slot, scope: Scope, filling: Filling): Json | undefined {
  if (slot.name === '' || slot.path.endsWith(']')) return undefined;
  const suits = (value: Json | undefined): value is Json =>
    value !== undefined &&
    !(typeof value === 'string' && value.length > longest) &&
    fits(slot.schema, value, filling.root);
  if (scope.focus.label !== undefined && roleOf(slot.name) === 'title') return undefined;
  const own = lookUp(scope.source, slot.name);
  if (suits(own)) return own;
  if (
    scope.source !== undefined &&
    scope.focus.fact === undefined &&
    scope.material.sources.length > 1 &&
    scope.material.sources[0] !== scope.source
  )
    return undefined;
  return scope.focus.fact === undefined || roleOf(slot.name) === 'question'
    ? agreed(scope.material.sources, slot.name, suits)
    : undefined;
}

function agreed(
  sources: readonly Source[],
  name: string,
  suits: (value: Json | undefined) => value is Json,
): Json | undefined {
  const values = new Map<string, Json>();
  for (const source of sources) {
    const text = source.texts.length === 1 && source.fields.size === 0 ? source.texts[0] : undefined;
    const found = normalKey(source.name) === normalKey(name) ? text : undefined;
    for (const value of [found, ...recordsWith(source, name)])
      if (suits(value)) values.set(JSON.stringify(value), value);
  }
  return values.size === 1 ? [...values.values()][0] : undefined;
}

/** Values of the outermost objects that have the key: those of nested ones belong to parts. */
function* recordsWith(source: Source, name: string): Iterable<Json> {
  const own = lookUp({ ...source, parent: undefined }, name);
  if (own !== undefined) yield own;
  else
    for (const child of source.children)
      for (const part of withChildren(child)) {
        const value = lookUp({ ...part, parent: undefined }, name);
        if (value !== undefined) yield value;
      }
}
