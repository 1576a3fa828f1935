import type { Json, JsonSchema } from '@espalier/core';
import { type Fact, speaksOf } from '../reading/material.js';
import { keywordsOf } from '../text/keywords.js';
import { rankOptions } from './fill-choice.js';
import { deepest, type Filled, type Filling, type Slot } from './filling.js';
import { equal, fits, lengthOf, numberOf, partsOf, typesOf } from './fits.js';
import { groupsOf, recordGroups } from './groups.js';
import { countHint } from './hints.js';
import { resolved } from './resolve.js';
import { roleOf, spaced } from './roles.js';
import { Scope } from './scope.js';
import { inProse } from './shorten.js';

const grouping =
  /\b(?:sections?|chapters?|documents?|docs|files?|groups?|parts?|sources|references|pages|articles|records|reports|summaries|digests)\b/;
const recordsOnly =
  /\b(?:documents?|docs|files?|sources|references|pages|articles|records|ranking|rankings|relevant)\b/;
/** Facts this far below the best are no answer to a question. */
const weakest = 0.25;
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
  const wanted = (slot.depth >= deepest ? bounds.least : countOf(slot, item, bounds, filling)) - head.length;
  const filled = wanted <= 0 ? [] : entries(slot, item, scope, filling, wanted);
  const kept = slot.schema.uniqueItems === true ? distinct([...head, ...filled]) : [...head, ...filled];
  return { value: atLeast(kept, bounds.least, slot, item, scope, filling), found: filled.length > 0 };
}

function countOf(slot: Slot, item: JsonSchema, bounds: { least: number; most: number }, filling: Filling): number {
  const words = spaced(slot.name);
  const noun = words
    .split(' ')
    .map((word) => word.replace(/s$/, 's?'))
    .join('[\\s-]+');
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

function entries(slot: Slot, item: JsonSchema, scope: Scope, filling: Filling, wanted: number): readonly Json[] {
  if (Array.isArray(item.enum)) return options(item.enum as Json[], slot, scope, filling, wanted);
  const types = typesOf(item);
  if (types.includes('string') && item.format === undefined) return texts(slot, item, scope, filling, wanted);
  const units =
    types.includes('object') || item.properties !== undefined
      ? unitsFor(slot, item, scope, filling, wanted)
      : scope.best(wanted).map((fact) => scope.only(fact));
  return units.slice(0, wanted).flatMap((unit, index) => {
    const filled = filling.fill(itemSlot(slot, item, index), unit);
    return filled.found || index < numberOf(slot.schema, 'minItems', 0) ? [filled.value] : [];
  });
}

/** What each object of an array is about. */
function unitsFor(slot: Slot, item: JsonSchema, scope: Scope, filling: Filling, wanted: number): readonly Scope[] {
  if (scope.focus.fact !== undefined) return [scope];
  const properties = Object.entries(item.properties ?? {}).map(([name, part]) => ({
    role: roleOf(name),
    schema: resolved(part, filling.root),
  }));
  const nested = properties.some(({ schema }) => typesOf(schema).includes('array'));
  const quotes = properties.some(({ role, schema }) => role === 'quote' && !typesOf(schema).includes('array'));
  const words = spaced(slot.name);
  if (recordsOnly.test(words) && !quotes) {
    const records = recordGroups(scope).length > 1 ? groupsOf(scope) : [scope];
    return records;
  }
  const wide =
    nested ||
    (grouping.test(words) && !quotes) ||
    (properties.some(({ role }) => role === 'title') && properties.some(({ role }) => role === 'summary') && !quotes);
  if (wide) {
    const groups = groupsOf(scope);
    return groups.length > 0 ? inReadingOrder(groups.slice(0, wanted), scope) : [scope];
  }
  const facts = quotes ? scope.quotable(wanted, filling.used) : scope.best(wanted, undefined, filling.used);
  const asked = scope.material.query.size > 0;
  const worth = Math.max(...facts.map((fact) => fact.score)) * weakest;
  const answers = (fact: Fact): boolean => fact.score >= worth && speaksOf(fact, scope.material);
  const ordered = asked
    ? facts.filter((fact, index) => answers(fact) || index < numberOf(slot.schema, 'minItems', 0))
    : facts.slice().sort((left, right) => left.order - right.order);
  for (const fact of ordered) filling.used.add(fact);
  return ordered.map((fact) => scope.only(fact));
}

/** Chapters read in their order; records stay ranked where something was asked. */
function inReadingOrder(groups: readonly Scope[], scope: Scope): readonly Scope[] {
  if (scope.material.query.size > 0) return groups;
  return groups.slice().sort((left, right) => (left.facts[0]?.order ?? 0) - (right.facts[0]?.order ?? 0));
}

function texts(slot: Slot, item: JsonSchema, scope: Scope, filling: Filling, wanted: number): readonly Json[] {
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
  const facts = role === 'quote' ? scope.quotable(wanted) : scope.best(wanted, undefined, filling.used);
  const units = role === 'problem' ? [] : facts;
  for (const fact of units) filling.used.add(fact);
  return distinct(units.map((fact, index) => filling.fill(itemSlot(slot, item, index), scope.only(fact)).value));
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

/** The value, or one made different from all others by a number, if the schema allows that. */
function unlike(
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

function distinct(values: readonly Json[]): readonly Json[] {
  return values.filter((value, index) => values.findIndex((other) => equal(other, value)) === index);
}

function itemSlot(slot: Slot, schema: JsonSchema, index: number): Slot {
  const description = typeof schema.description === 'string' ? schema.description : slot.description;
  return { schema, name: singular(slot.name), description, path: `${slot.path}[${index}]`, depth: slot.depth + 1 };
}

const singular = (name: string): string => name.replace(/ies$/, 'y').replace(/(?<!s)s$/, '');
