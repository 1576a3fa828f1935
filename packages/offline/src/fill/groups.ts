import type { Fact } from '../reading/material.js';
import type { Source } from '../reading/source.js';
import type { Heading } from '../text/sentence.js';
import { Scope } from './scope.js';

const worthKeys = ['relevance', 'score', 'importance', 'confidence'];

/** The parts that a scope falls into, best first: the entries of a list of records, several inputs of one name, or chapters. */
export function groupsOf(scope: Scope): readonly Scope[] {
  const records = recordGroups(scope);
  const groups = records.length > 1 ? records : chapterGroups(scope);
  return groups
    .map((group, index) => ({ group, index, worth: worthOf(group) }))
    .sort((left, right) => right.worth - left.worth || left.index - right.index)
    .filter((entry, _, all) => entry.worth >= 0.2 * (all[0]?.worth ?? 0))
    .map((entry) => entry.group);
}

/** Records of one list, wherever it stands: the outermost list of at least two that hold text. */
export function recordGroups(scope: Scope): readonly Scope[] {
  const bySource = new Map<Source, Fact[]>();
  for (const fact of scope.facts)
    for (let at: Source | undefined = fact.source; at !== undefined; at = at.parent) {
      const list = bySource.get(at);
      if (list === undefined) bySource.set(at, [fact]);
      else list.push(fact);
    }
  const inside = scope.focus.source;
  let level: readonly Source[] = inside === undefined ? scope.material.sources : inside.children;
  while (level.length > 0) {
    const siblings = mostOfOneName(level.filter((source) => bySource.has(source)));
    if (siblings.length > 1)
      return siblings.map((source) => new Scope(scope.material, bySource.get(source) ?? [], { source }));
    level = level.flatMap((source) => source.children);
  }
  return [];
}

/** `document[0]`, `document-1` and `document` are of one name. */
function mostOfOneName(sources: readonly Source[]): readonly Source[] {
  const byName = new Map<string, Source[]>();
  for (const source of sources) {
    const name = source.name.replace(/[-_]?(?:\d+|\[\d+\])$/, '');
    byName.set(name, [...(byName.get(name) ?? []), source]);
  }
  return [...byName.values()].reduce<Source[]>((most, list) => (list.length > most.length ? list : most), []);
}

/** Chapters: facts under the headings of the outermost level that has at least two. */
function chapterGroups(scope: Scope): readonly Scope[] {
  const paths = scope.facts.map((fact) => pathOf(fact.heading));
  for (let depth = 0; depth < 4; depth += 1) {
    const chapters = new Map<Heading, Fact[]>();
    scope.facts.forEach((fact, index) => {
      const heading = paths[index]?.[depth];
      if (heading !== undefined) chapters.set(heading, [...(chapters.get(heading) ?? []), fact]);
    });
    if (chapters.size > 1)
      return [...chapters].map(
        ([heading, facts]) => new Scope(scope.material, facts, { source: scope.focus.source, label: heading.text }),
      );
  }
  return [];
}

function pathOf(heading: Heading | undefined): readonly Heading[] {
  const path: Heading[] = [];
  for (let at = heading; at !== undefined; at = at.parent) path.unshift(at);
  return path;
}

/** The three best facts, times what the record itself says of its worth. */
function worthOf(group: Scope): number {
  const scores = group.facts.map((fact) => fact.score).sort((left, right) => right - left);
  const sum = scores.slice(0, 3).reduce((total, score) => total + score, 0);
  for (const key of worthKeys) {
    const value = group.focus.label === undefined ? group.focus.source?.fields.get(key) : undefined;
    if (typeof value === 'number' && value >= 0) return sum * (0.2 + Math.min(value, 1) * 0.8);
  }
  return sum;
}
