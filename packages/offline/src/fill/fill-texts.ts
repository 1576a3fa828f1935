import type { Json, JsonSchema } from '@espalier/core';
import { keywordsOf } from '../text/keywords.js';
import { distinct } from './distinct.js';
import { type Filling, itemSlot, type Slot } from './filling.js';
import { fits } from './fits.js';
import { groupsOf, recordGroups } from './groups.js';
import { roleOf } from './roles.js';
import { Scope } from './scope.js';
import { inProse } from './shorten.js';

/** Texts for an array, by the role of its name: keywords, titles, paths, paragraphs or single sentences. */
export function fillTexts(
  slot: Slot,
  item: JsonSchema,
  scope: Scope,
  filling: Filling,
  wanted: number,
): readonly Json[] {
  const role = roleOf(slot.name, slot.description);
  if (role === 'keyword') {
    const found = keywordsOf(
      scope.facts.map((fact) => fact.text),
      scope.material.vocabulary,
      wanted,
    ).map((keyword) => keyword.text);
    return found.filter((text) => fits(item, text, filling.root));
  }
  if (role === 'title' || role === 'identity') return named(role, slot, item, scope, filling, wanted);
  if (role === 'summary') return paragraphs(slot, item, scope, filling, wanted);
  // To list what is wrong with something takes judgement; a loop that waits for no problems must end.
  if (role === 'problem') return [];
  const facts = role === 'quote' ? scope.quotable(wanted) : scope.best(wanted, undefined, filling.used);
  for (const fact of facts) filling.used.add(fact);
  return distinct(facts.map((fact, index) => filling.fill(itemSlot(slot, item, index), scope.only(fact)).value));
}

function named(
  role: 'title' | 'identity',
  slot: Slot,
  item: JsonSchema,
  scope: Scope,
  filling: Filling,
  wanted: number,
): readonly Json[] {
  const records = recordGroups(scope);
  const groups = records.length > 1 || role === 'title' ? groupsOf(scope) : [scope];
  const found = groups.map((group) => (role === 'title' ? group.title() : group.identity()));
  const values = found.filter((text): text is string => text !== undefined && fits(item, text, filling.root));
  return values.length > 0 ? distinct(values).slice(0, wanted) : [filling.fill(itemSlot(slot, item, 0), scope).value];
}

/** Two or three sentences each, in the order of the input. */
function paragraphs(slot: Slot, item: JsonSchema, scope: Scope, filling: Filling, wanted: number): readonly Json[] {
  const size = 2;
  const facts = scope
    .best(wanted * size, undefined, filling.used)
    .slice()
    .sort((left, right) => left.order - right.order);
  for (const fact of facts) filling.used.add(fact);
  const made: Json[] = [];
  for (let start = 0; start < facts.length; start += size) {
    const part = facts.slice(start, start + size);
    const text = inProse(part.map((fact) => fact.text));
    made.push(
      fits(item, text, filling.root)
        ? text
        : filling.fill(itemSlot(slot, item, made.length), new Scope(scope.material, part)).value,
    );
  }
  return made;
}
