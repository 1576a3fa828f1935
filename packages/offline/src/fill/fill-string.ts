import { TermIndex } from '../ranking/term-index.js';
import type { Fact } from '../reading/material.js';
import { keywordsOf } from '../text/keywords.js';
import { conform } from './conform.js';
import { type Filled, type Filling, type Slot, skipped } from './filling.js';
import { numberOf } from './fits.js';
import { findFormat } from './formats.js';
import { countHint } from './hints.js';
import { type Role, roleOf, spaced } from './roles.js';
import { quoteIn, type Scope } from './scope.js';
import { clip, core, inProse, joinWithin } from './shorten.js';

const trouble =
  /\b(?:not|no|never|cannot|can't|don't|doesn't|won't|fails?|failed|failure|missing|lacks?|unsupported|wrong|invalid|problem|error|risk|limitation|unless|deprecated|breaking)\b/i;

/** Of a summary that follows a question, sentences this far below the best are left out. */
const weakest = 0.35;

/** Fills a text by what its property is for. */
export function fillString(slot: Slot, scope: Scope, filling: Filling): Filled {
  const role = roleOf(slot.name, slot.description);
  const skip = skipped(filling, slot.path);
  const { format } = slot.schema;
  const formatted = typeof format === 'string' ? findFormat(format, textOf(scope)) : [];
  const candidates = [
    ...candidatesFor(role, slot, scope, filling).map((text) => shortened(text, slot, skip)),
    ...formatted,
  ];
  const later = candidates.slice(Math.min(skip, Math.max(0, candidates.length - 1)));
  const more = role === 'quote' || role === 'identity' ? '' : fallback(scope, 3).join(' ');
  const fallbacks =
    candidates.length > 0 || role === 'problem' || role === 'date' || role === 'email' || role === 'question'
      ? []
      : fallback(scope, 2);
  const { value, found } = conform(slot.schema, [...later, ...fallbacks], more);
  return { value, found: found && candidates.length > 0 };
}

function candidatesFor(role: Role, slot: Slot, scope: Scope, filling: Filling): readonly string[] {
  const fact = scope.focus.fact;
  switch (role) {
    case 'quote':
      return (fact === undefined ? scope.quotable(8) : [fact]).map((best) => quoteIn(best.source) ?? best.quote);
    case 'title':
      return titles(scope);
    case 'keyword':
      return keywordsOf(
        scope.facts.map((each) => each.text),
        scope.material.vocabulary,
        5,
      ).map((keyword) => keyword.text);
    case 'identity':
      return identities(slot, scope);
    case 'question':
      return scope.material.question === undefined ? [] : [scope.material.question.text];
    case 'date':
      return dates(scope);
    case 'email':
      return findFormat('email', textOf(scope));
    case 'problem':
      return scope.best(4, (each) => trouble.test(each.text)).map((each) => each.text);
    case 'statement':
    case 'reason':
      return (fact === undefined ? scope.best(6) : [fact]).map((best) =>
        role === 'statement' ? statement(best, scope) : best.text,
      );
    case 'aspect':
      return aspects(slot, scope);
    case 'summary':
      return fact === undefined ? summaries(slot, scope, filling) : [fact.text];
  }
}

/** The core of a sentence, unless that leaves out words of the question. */
function statement(fact: Fact, { material: { query, vocabulary } }: Scope): string {
  const short = core(fact.text);
  const hits = (terms: readonly number[]): number => new Set(terms.filter((term) => query.has(term))).size;
  return hits(vocabulary.terms(short)) < hits(fact.terms) ? fact.text : short;
}

/** Some sentences in the order of the input; shorter variants follow. */
function summaries(slot: Slot, scope: Scope, filling: Filling): readonly string[] {
  const count = countHint(slot.description, 'sentences?|lines?') ?? 3;
  const wanted = Math.max(1, Math.round(count * filling.amount));
  const lead = leadFor(scope, filling);
  const follows = (fact: Fact): boolean => lead === undefined || fact.order >= lead.order;
  const found = scope.best(wanted, follows, filling.used, lead);
  const worth = scope.material.query.size > 0 ? weakest * Math.max(...found.map((fact) => fact.score)) : 0;
  const picked = found.filter((fact, index) => index === 0 || fact.score >= worth);
  const most = numberOf(slot.schema, 'maxLength', 4_000);
  const texts = (facts: readonly Fact[]): readonly string[] =>
    facts
      .slice()
      .sort((left, right) => left.order - right.order)
      .map((fact) => fact.text);
  for (const fact of picked) filling.used.add(fact);
  if (picked.length === 0) return [];
  for (let kept = picked.length; kept > 1; kept -= 1) {
    const joined = inProse(texts(picked.slice(0, kept)));
    if (joined.length <= most) return [joined, ...picked.map((fact) => fact.text)];
  }
  return picked.map((fact) => (fact.text.length <= most ? fact.text : core(fact.text)));
}

/** What a summary begins with where nothing was asked, and no answer refused. */
function leadFor(scope: Scope, filling: Filling): Fact | undefined {
  if (scope.material.query.size > 0 || filling.refused.times > 0) return undefined;
  const lead = scope.lead();
  return lead === undefined || filling.used.has(lead) ? undefined : lead;
}

function titles(scope: Scope): readonly string[] {
  const own = scope.focus.fact === undefined ? scope.title() : undefined;
  const facts = scope.focus.fact === undefined ? scope.best(4, (fact) => fact.quality >= 0.7) : [scope.focus.fact];
  return [...(own === undefined ? [] : [own]), ...facts.map((fact) => clip(core(fact.text), 110).replace(/\.$/, ''))];
}

function identities(slot: Slot, scope: Scope): readonly string[] {
  const name = spaced(slot.name).split(' ').pop() ?? '';
  if (/^(?:ur[li]s?|links?|href)$/.test(name)) {
    const own = scope.identity(['url', 'uri', 'href', 'link']);
    return [...(own !== undefined && /^[a-z]+:/.test(own) ? [own] : []), ...findFormat('uri', textOf(scope))];
  }
  const own = scope.identity(/ids?$|key/.test(name) ? ['id', 'key', 'slug'] : []);
  if (own !== undefined) return [own];
  const best = scope.best(1)[0];
  const other = best === undefined ? undefined : scope.only(best).identity();
  return other === undefined ? (best === undefined ? [] : [best.source.name]) : [other];
}

function dates(scope: Scope): readonly string[] {
  const fields = [...(scope.source?.fields.values() ?? [])].filter((value) => typeof value === 'string').join('\n');
  const text = `${fields}\n${textOf(scope)}`;
  const written =
    text.match(
      /\b(?:\d{1,2}\.? )?(?:January|February|March|April|May|June|July|August|September|October|November|December)(?: \d{1,2},?)? \d{4}\b/g,
    ) ?? [];
  return [...findFormat('date', text), ...written, ...(text.match(/\b(?:19|20)\d{2}\b/g) ?? [])];
}

/** Sentences about what the property is named after. */
function aspects(slot: Slot, scope: Scope): readonly string[] {
  const { vocabulary } = scope.material;
  const query = new Map<number, number>();
  for (const term of vocabulary.terms(slot.description)) query.set(term, 0.3);
  for (const term of vocabulary.terms(spaced(slot.name))) query.set(term, 1);
  const own = new TermIndex(scope.facts.map((fact) => fact.terms)).score(query);
  const above = new TermIndex(scope.facts.map((fact) => fact.context)).score(query);
  return scope.facts
    .map((fact, index) => ({ fact, score: ((own[index] as number) + 0.5 * (above[index] as number)) * fact.quality }))
    .filter((entry) => entry.score > 0)
    .sort((left, right) => right.score - left.score || left.fact.order - right.fact.order)
    .slice(0, 4)
    .map((entry) => entry.fact.text);
}

/** What is given where nothing of the wanted kind was found but a text is required. */
function fallback(scope: Scope, count: number): readonly string[] {
  return scope.best(count).map((fact) => fact.text);
}

function textOf(scope: Scope): string {
  const texts = scope.facts.map((fact) => fact.text);
  return joinWithin(texts, 200_000, '\n');
}

/** "At most 20 words" of the description, and half the length for each time that the value was refused. */
function shortened(text: string, slot: Slot, refused: number): string {
  const words = /(?:at most|up to|max(?:imum)?(?: of)?|under|fewer than|no more than)\s+(\d+)\s+words/i.exec(
    slot.description,
  )?.[1];
  const list = text.split(' ');
  const limited =
    words !== undefined && list.length > Number(words)
      ? `${list
          .slice(0, Number(words))
          .join(' ')
          .replace(/[,;:]$/, '')}…`
      : text;
  return refused > 1 && roleOf(slot.name, slot.description) !== 'quote'
    ? clip(limited, Math.max(20, Math.floor(limited.length / refused)))
    : limited;
}
