import type { JsonSchema } from '@espalier/core';
import { type Fact, speaksOf } from '../reading/material.js';
import { grouping, recordsOnly } from './array-size.js';
import type { Filling, Slot } from './filling.js';
import { numberOf, typesOf } from './fits.js';
import { groupsOf, recordGroups } from './groups.js';
import { resolved } from './resolve.js';
import { roleOf, spaced } from './roles.js';
import type { Scope } from './scope.js';

/** Facts this far below the best are no answer to a question. */
const weakest = 0.25;

/** What each object of an array is about. */
export function unitsFor(
  slot: Slot,
  item: JsonSchema,
  scope: Scope,
  filling: Filling,
  wanted: number,
): readonly Scope[] {
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
  const asked = scope.material.query.size > 0;
  const records = asked ? [] : recordGroups(scope);
  const candidates = records.length > 1 ? wanted * 4 : wanted;
  const best = quotes ? scope.quotable(candidates, filling.used) : scope.best(candidates, undefined, filling.used);
  const facts = inTurns(best, records).slice(0, wanted);
  const worth = Math.max(...facts.map((fact) => fact.score)) * weakest;
  const answers = (fact: Fact): boolean => fact.score >= worth && speaksOf(fact, scope.material);
  const ordered = asked
    ? facts.filter((fact, index) => answers(fact) || index < numberOf(slot.schema, 'minItems', 0))
    : facts.slice().sort((left, right) => left.order - right.order);
  for (const fact of ordered) filling.used.add(fact);
  return ordered.map((fact) => scope.only(fact));
}

/** First the best of each record, then the second best of each, so that no document crowds out the others. */
function inTurns(facts: readonly Fact[], records: readonly Scope[]): readonly Fact[] {
  const recordOf = new Map(records.flatMap((record) => record.facts.map((fact) => [fact, record] as const)));
  const taken = new Map<Scope | undefined, number>();
  const turns = facts.map((fact, rank) => {
    const record = recordOf.get(fact);
    const turn = taken.get(record) ?? 0;
    taken.set(record, turn + 1);
    return { fact, rank, turn };
  });
  return turns.sort((left, right) => left.turn - right.turn || left.rank - right.rank).map(({ fact }) => fact);
}

/** Chapters read in their order; records stay ranked where something was asked. */
function inReadingOrder(groups: readonly Scope[], scope: Scope): readonly Scope[] {
  if (scope.material.query.size > 0) return groups;
  return groups.slice().sort((left, right) => (left.facts[0]?.order ?? 0) - (right.facts[0]?.order ?? 0));
}
