import type { Json } from '@espalier/core';
import { coverage } from './coverage.js';
import { type Filled, type Filling, type Slot, skipped } from './filling.js';
import { spaced } from './roles.js';
import type { Scope } from './scope.js';

const neutral = /^(?:unknown|other|none|neutral|unclear|n\/?a|general|default|undecided|not sure|misc)$/;
/** Options that say how well something is answered, best first. */
const ladder: readonly RegExp[] = [
  /^(?:yes|true|full|fully|high|supported|strong|complete|relevant|accept|accepted|approve|approved|pass|passed|confirmed|good|excellent|very high|sufficient)$/,
  /^(?:partly|partial|partially|medium|some|mixed|maybe|moderate|fair|average|revise|needs work)$/,
  /^(?:no|false|none|low|unsupported|weak|incomplete|irrelevant|reject|rejected|fail|failed|refuted|poor|missing|insufficient|not relevant)$/,
];

/** Picks the option whose words, and whose description in the task, stand most in the material. */
export function fillEnum(options: readonly Json[], slot: Slot, scope: Scope, filling: Filling): Filled {
  const ranked = rankOptions(options, slot, scope, filling);
  const position = Math.min(skipped(filling, slot.path), ranked.length - 1);
  const choice = ranked[position] as { readonly option: Json; readonly score: number };
  return { value: choice.option, found: choice.score > 0 };
}

/** Options with their score, best first; in schema order where nothing tells them apart. */
export function rankOptions(
  options: readonly Json[],
  slot: Slot,
  scope: Scope,
  filling: Filling,
): readonly { readonly option: Json; readonly score: number }[] {
  const steps = options.map((option) => ladder.findIndex((step) => step.test(spaced(String(option)))));
  const scale = steps.filter((step) => step >= 0).length >= Math.max(2, options.length - 1);
  const lexical = lexicalScores(options, slot, scope, filling);
  const told = lexical.some((score) => score > 0);
  const target = stepFor(scope);
  return options
    .map((option, index) => {
      const graded = scale ? 1 - Math.abs((steps[index] as number) < 0 ? 3 : (steps[index] as number) - target) / 3 : 0;
      const score = scale
        ? graded
        : told
          ? (lexical[index] as number)
          : neutral.test(spaced(String(option)))
            ? 0.01
            : 0;
      return { option, score, index };
    })
    .sort((left, right) => right.score - left.score || left.index - right.index);
}

function stepFor(scope: Scope): number {
  const share = scope.focus.fact?.score ?? coverage(scope);
  return share >= 0.6 ? 0 : share >= 0.3 ? 1 : 2;
}

/** BM25 would be too much for a few labels: rare shared terms count for more, those of the label itself three times. */
function lexicalScores(options: readonly Json[], slot: Slot, scope: Scope, filling: Filling): readonly number[] {
  const { vocabulary, question } = scope.material;
  const profiles = options.map((option) => {
    const label = vocabulary.terms(spaced(String(option)));
    const told = `${slot.description}\n${filling.task}`
      .split(/[\n;]|(?<=[.!?])\s/)
      .filter((line) => mentions(line, String(option)));
    return { label: new Set(label), told: new Set(told.flatMap((line) => vocabulary.terms(line))) };
  });
  const shared = (term: number): number =>
    profiles.filter(({ told, label }) => told.has(term) || label.has(term)).length;
  const evidence = new Map<number, number>();
  const add = (terms: readonly number[], weight: number): void => {
    for (const term of terms) evidence.set(term, (evidence.get(term) ?? 0) + weight);
  };
  for (const fact of scope.facts) add(fact.terms, 0.3 + fact.score);
  for (const fact of scope.facts.slice(0, 200)) add(fact.context, 0.1);
  add(vocabulary.terms(question?.text ?? ''), 2);
  return profiles.map(({ label, told }) => {
    let score = 0;
    for (const term of new Set([...label, ...told])) {
      const weight = evidence.get(term);
      if (weight !== undefined) score += (Math.log1p(weight) * (label.has(term) ? 3 : 1)) / shared(term) ** 2;
    }
    return score;
  });
}

function mentions(line: string, option: string): boolean {
  return ` ${spaced(line).replace(/[^\p{L}\p{N}]+/gu, ' ')} `.includes(
    ` ${spaced(option)
      .replace(/[^\p{L}\p{N}]+/gu, ' ')
      .trim()} `,
  );
}
