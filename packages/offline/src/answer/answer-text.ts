import type { ChatSettings } from '@espalier/core';
import { groupsOf, recordGroups } from '../fill/groups.js';
import { countHint } from '../fill/hints.js';
import { Scope } from '../fill/scope.js';
import { inProse, joinWithin } from '../fill/shorten.js';
import { type Fact, type Material, speaksOf } from '../reading/material.js';

export interface TextAnswer {
  readonly text: string;
  /** True when `maxOutputTokens` left something out. */
  readonly cut: boolean;
}

/** Sentences of an answer when nothing says how many. */
const usual = 5;
/** Sentences this far below the best do not answer the question. */
const weakest = 0.35;

/**
 * Answers in text: the best sentences in the order of the input, word for word but for markup. Several documents get a
 * paragraph each, best first.
 */
export function answerText(material: Material, task: string, settings: ChatSettings = {}): TextAnswer {
  if (material.facts.length === 0) return { text: 'The input holds no text to answer from.', cut: false };
  const asked = material.question?.strength === 1 && material.query.size > 0;
  if (asked && !material.facts.some((fact) => speaksOf(fact, material)))
    return { text: 'Nothing in the input speaks of the question.', cut: false };
  const count = countHint(task, 'sentences?|lines?') ?? usual;
  const scope = Scope.all(material);
  const facts = (asked ? pickAsked(scope, count) : pickUnasked(scope, count))
    .slice()
    .sort((left, right) => left.order - right.order);
  const whole = paragraphs(facts, scope).join('\n\n');
  return withinStops(within(whole, facts, settings), settings);
}

function pickAsked(scope: Scope, count: number): readonly Fact[] {
  return scope
    .best(count, (fact) => speaksOf(fact, scope.material))
    .filter((fact, index, [best]) => index === 0 || fact.score >= weakest * (best?.score ?? 0));
}

/** Of several documents first what each is about, the most central ones first; of one its best sentences. */
function pickUnasked(scope: Scope, count: number): readonly Fact[] {
  const documents = recordGroups(scope).length > 1 ? groupsOf(scope) : [scope];
  const leads = documents.map((document) => document.lead()).filter((lead) => lead !== undefined);
  const first = leads.slice(0, count);
  const more = scope.best(count).filter((fact) => !first.includes(fact));
  return [...first, ...more].slice(0, count);
}

/** One paragraph a document when there are several, else one for each run of a heading. */
function paragraphs(facts: readonly Fact[], scope: Scope): readonly string[] {
  const several = recordGroups(scope).length > 1;
  const made: string[][] = [];
  let last: Fact | undefined;
  for (const fact of facts) {
    const together =
      last !== undefined &&
      (several ? fact.source === last.source : fact.heading === last.heading || (made.at(-1)?.length ?? 0) < 2);
    if (together) made.at(-1)?.push(fact.text);
    else made.push([fact.text]);
    last = fact;
  }
  return made.map(inProse);
}

function within(text: string, facts: readonly Fact[], settings: ChatSettings): TextAnswer {
  const most = settings.maxOutputTokens === undefined ? Number.POSITIVE_INFINITY : settings.maxOutputTokens * 4;
  if (text.length <= most) return { text, cut: false };
  return {
    text: joinWithin(
      facts.map((fact) => fact.text),
      most,
    ),
    cut: true,
  };
}

function withinStops(answer: TextAnswer, settings: ChatSettings): TextAnswer {
  const ends = (settings.stop ?? [])
    .map((stop) => (stop === '' ? -1 : answer.text.indexOf(stop)))
    .filter((at) => at >= 0);
  return ends.length === 0 ? answer : { text: answer.text.slice(0, Math.min(...ends)), cut: false };
}
