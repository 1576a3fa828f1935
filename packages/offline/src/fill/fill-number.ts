import type { JsonSchema } from '@espalier/core';
import { coverage, round } from './coverage.js';
import { type Filled, type Filling, type Slot, skipped } from './filling.js';
import { fits, numberOf, typesOf } from './fits.js';
import { groupsOf } from './groups.js';
import { rangeHint } from './hints.js';
import { roleOf, spaced } from './roles.js';
import type { Scope } from './scope.js';
import { words } from './shorten.js';

const scored =
  /\b(?:relevance|score|confidence|rating|probability|coverage|similarity|match|quality|likelihood|certainty|weight|importance|grade|strength|relevant)\b/;
const counted =
  /\b(?:counts?|total|number of|length|size|amount|how many|words|sentences|documents|sources|files|characters)\b/;

/** Fills a number: a score by coverage of the question, a count by counting, or a number that stands near the property's words. */
export function fillNumber(slot: Slot, scope: Scope, filling: Filling): Filled {
  const name = `${spaced(slot.name)} ${roleOf(slot.name) === 'aspect' ? slot.description.toLowerCase() : ''}`;
  const skip = skipped(filling, slot.path);
  const candidates: number[] = [];
  if (scored.test(name)) candidates.push(scaledScore(slot, scope));
  else if (counted.test(name)) candidates.push(countOf(name, scope));
  else candidates.push(...nearby(slot, scope));
  const found = candidates.length > 0;
  const value = intoRange(slot.schema, candidates[Math.min(skip, candidates.length - 1)] ?? 0, skip);
  return { value, found };
}

function scaledScore(slot: Slot, scope: Scope): number {
  const share = scope.focus.fact?.score ?? coverage(scope);
  const integer = typesOf(slot.schema).includes('integer');
  const [low, high] = rangeHint(slot.description) ?? (integer ? [0, 10] : [0, 1]);
  const least = numberOf(slot.schema, 'minimum', numberOf(slot.schema, 'exclusiveMinimum', low));
  const most = numberOf(slot.schema, 'maximum', numberOf(slot.schema, 'exclusiveMaximum', Math.max(high, least)));
  return round(least + share * (most - least));
}

function countOf(name: string, scope: Scope): number {
  if (/\bcharacters\b/.test(name)) return scope.facts.reduce((sum, fact) => sum + fact.text.length, 0);
  if (/\b(?:words|length)\b/.test(name)) return scope.facts.reduce((sum, fact) => sum + words(fact.text), 0);
  if (/\b(?:documents|sources|files|sections|parts)\b/.test(name)) return Math.max(1, groupsOf(scope).length);
  return scope.facts.length;
}

/** Numbers of the sentence that shares most words with the property. */
function nearby(slot: Slot, scope: Scope): readonly number[] {
  const { vocabulary } = scope.material;
  const wanted = new Set([...vocabulary.terms(spaced(slot.name)), ...vocabulary.terms(slot.description)]);
  let best: { readonly hits: number; readonly numbers: readonly number[] } = { hits: 0, numbers: [] };
  for (const fact of scope.facts) {
    const numbers = (
      fact.text.match(/(?<![\w.])-?\d{1,3}(?:,\d{3})+(?:\.\d+)?|(?<![\w.])-?\d+(?:\.\d+)?(?![\w.]*\d)/g) ?? []
    ).map((text) => Number(text.replace(/,/g, '')));
    const hits = fact.terms.filter((term) => wanted.has(term)).length;
    if (numbers.length > 0 && hits > best.hits) best = { hits, numbers };
  }
  return best.numbers;
}

/** The nearest number that the schema allows. */
function intoRange(schema: JsonSchema, wanted: number, skip: number): number {
  const integer = typesOf(schema).includes('integer') && !typesOf(schema).includes('number');
  const step = numberOf(schema, 'multipleOf', integer ? 1 : 0);
  const low = Math.max(numberOf(schema, 'minimum', -1e15), numberOf(schema, 'exclusiveMinimum', -1e15));
  const high = Math.min(numberOf(schema, 'maximum', 1e15), numberOf(schema, 'exclusiveMaximum', 1e15));
  const inside = Math.min(high, Math.max(low, skip > 1 ? low : wanted));
  const grid = (value: number): number => (step > 0 ? Math.round(value / step) * step : value);
  const whole = integer && step !== 1 ? 1 : step;
  const near = [
    inside,
    grid(inside),
    grid(inside) + step,
    grid(inside) - step,
    grid(inside) + whole,
    grid(inside) - whole,
  ];
  const span = high - low;
  const between = [
    low + span / 2,
    low + span / 1_000,
    Math.ceil(low),
    Math.floor(low) + 1,
    Math.ceil(low / (step || 1)) * (step || 1),
    low,
    high,
  ];
  return [...near, ...between].find((value) => fits(schema, value, schema)) ?? inside;
}
