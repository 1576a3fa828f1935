import { coverage } from './coverage.js';
import { type Filled, type Filling, type Slot, skipped } from './filling.js';
import { spaced } from './roles.js';
import type { Scope } from './scope.js';

const denial = /\b(?:not|no|never|without|cannot|can't|isn't|aren't|doesn't|don't|lacks?|unable|none)\b/i;
const judging =
  /\b(?:ok|okay|valid|approved?|accept(?:ed|able)?|pass(?:ed|es)?|verified|correct|good|done|complete|sound|safe)\b/;
const relating =
  /\b(?:relevant|answers?|answered|applies|related|useful|supported|covers?|covered|matches|found|helpful|sufficient)\b/;

/**
 * True or false by evidence: relevance by coverage of the question; a verdict is true unless an input lists problems; anything
 * else is true where a sentence speaks of it without denying it.
 */
export function fillBoolean(slot: Slot, scope: Scope, filling: Filling): Filled {
  const { value, found } = decide(slot, scope);
  return { value: skipped(filling, slot.path) % 2 === 1 ? !value : value, found };
}

function decide(slot: Slot, scope: Scope): { readonly value: boolean; readonly found: boolean } {
  const name = spaced(slot.name);
  if (relating.test(name)) {
    return { value: scope.facts.length > 0 && coverage(scope) >= 0.35, found: true };
  }
  if (judging.test(name)) {
    const listed = scope.material.sources.flatMap((source) => [...source.fields]);
    const problems = listed.some(
      ([key, value]) =>
        /problem|error|issue|missing|fault|violation/i.test(key) && Array.isArray(value) && value.length > 0,
    );
    return { value: !problems, found: true };
  }
  const { vocabulary } = scope.material;
  const wanted = vocabulary.terms(
    name.replace(/^(?:is|has|have|needs?|should|can|does|requires?|contains?|includes?|mentions?)\s/, ''),
  );
  const best = scope.facts
    .map((fact) => ({ fact, hits: wanted.filter((term) => fact.terms.includes(term)).length }))
    .reduce<{ fact: (typeof scope.facts)[number]; hits: number } | undefined>(
      (top, entry) => (entry.hits > (top?.hits ?? 0) ? entry : top),
      undefined,
    );
  if (best === undefined || best.hits * 2 < wanted.length) return { value: false, found: false };
  return { value: !denial.test(best.fact.text), found: true };
}
