import { pickDiverse } from '../ranking/diversity.js';
import type { Fact, Material } from '../reading/material.js';
import { lookUp, type Source, withChildren } from '../reading/source.js';
import { type Role, roleOf } from './roles.js';

/** How many of the best facts are compared with each other when some are picked. */
const pool = 120;
/** Sentences that stand alone worse than this are given only when there are no others; something asked is less choosy. */
const poorest = { asked: 0.2, unasked: 0.35 };
const defining = /^.{0,80}?\b(?:is|are|provides?|lets?|allows?|helps?|enables?|describes?|defines?)\b/i;
const denying = /\b(?:not|no|never|nothing|cannot)\b|n't\b/i;
const titleKeys = ['title', 'name', 'heading', 'headline', 'subject', 'label'];
const identityKeys = [
  'path',
  'file',
  'filename',
  'source',
  'document',
  'url',
  'uri',
  'href',
  'link',
  'id',
  'slug',
  'key',
  'name',
  'title',
];

/** The part of the material that a value is about: all of it, one source, one chapter or one fact. */
export class Scope {
  constructor(
    readonly material: Material,
    /** In the order of the input. */
    readonly facts: readonly Fact[],
    readonly focus: {
      readonly source?: Source | undefined;
      readonly fact?: Fact | undefined;
      readonly label?: string | undefined;
    } = {},
  ) {}

  static all(material: Material): Scope {
    return new Scope(material, material.facts, {
      source: material.sources.length === 1 ? material.sources[0] : undefined,
    });
  }

  /** The source that facts are copied from: that of the fact in focus, or the one that the scope is about. */
  get source(): Source | undefined {
    return this.focus.fact?.source ?? this.focus.source;
  }

  only(fact: Fact): Scope {
    return new Scope(this.material, [fact], { ...this.focus, fact });
  }

  /** The best facts, unlike each other, best first. Facts in `avoid` come later, and `first` comes first. */
  best(
    limit: number,
    suits: (fact: Fact) => boolean = () => true,
    avoid: ReadonlySet<Fact> = new Set(),
    first?: Fact,
  ): readonly Fact[] {
    const suitable = this.facts.filter(suits);
    const asked = this.material.query.size > 0;
    const standing = suitable.filter((fact) =>
      asked ? fact.quality >= poorest.asked : fact.quality >= poorest.unasked && !fact.boilerplate,
    );
    const again = asked ? 0.6 : 0.3;
    const ranked = (standing.length > 0 ? standing : suitable)
      .map((fact) => ({
        fact,
        terms: fact.terms,
        score: fact === first ? 1.01 : fact.score * (avoid.has(fact) ? again : 1),
      }))
      .sort((left, right) => right.score - left.score || left.fact.order - right.fact.order);
    return pickDiverse(ranked.slice(0, Math.max(pool, limit * 2)), limit).map((entry) => entry.fact);
  }

  /** Facts for quoting: those of fields that hold quotes already, or else verbatim prose. */
  quotable(limit: number, avoid: ReadonlySet<Fact> = new Set()): readonly Fact[] {
    const carried = this.facts.filter((fact) => quoteIn(fact.source) !== undefined);
    if (carried.length === 0) return this.best(limit, (fact) => fact.quotable, avoid);
    const bySource = new Map<Source, Fact>();
    for (const fact of carried)
      if ((bySource.get(fact.source)?.score ?? -1) < fact.score) bySource.set(fact.source, fact);
    return new Scope(this.material, [...bySource.values()]).best(limit);
  }

  /** The sentence among the first ones that says what the scope is about. */
  lead(): Fact | undefined {
    const about = new Set(this.material.vocabulary.terms(this.title() ?? ''));
    let best: Fact | undefined;
    let most = 0;
    this.facts.slice(0, 12).forEach((fact, place) => {
      const defines = defining.test(fact.text) && fact.terms.some((term) => about.has(term));
      const kind =
        (fact.kind === 'item' ? 0.6 : 1) * (fact.boilerplate ? 0.3 : 1) * (denying.test(fact.text) ? 0.5 : 1);
      const worth = fact.quality * kind * Math.exp(-place / 5) * (defines ? 1.8 : 1);
      if (worth > Math.max(most, 0.2)) {
        best = fact;
        most = worth;
      }
    });
    return best;
  }

  /** A name for what the scope is about, where the material has one. */
  title(): string | undefined {
    if (this.focus.label !== undefined) return this.focus.label;
    const source = this.focus.source;
    if (source === undefined) return undefined;
    for (const key of titleKeys) {
      const value = lookUp(source, key);
      if (typeof value === 'string' && value.trim() !== '' && value.length <= 200) return value.trim();
    }
    const headings = [...withChildren(source)]
      .map((part) => this.material.titles.get(part))
      .filter((heading) => heading !== undefined);
    const identity = this.identity();
    return (
      headings.find((heading) => heading.level === 1)?.text ??
      (identity === undefined ? headings[0]?.text : readable(identity))
    );
  }

  /** What the source in focus is called by others: its path, address or id. */
  identity(first: readonly string[] = []): string | undefined {
    for (const key of [...first, ...identityKeys]) {
      const value = lookUp(this.source, key);
      if ((typeof value === 'string' && value !== '' && value.length <= 300) || typeof value === 'number')
        return String(value);
    }
    return undefined;
  }
}

/** The value of a source's own field that holds a quote. */
export function quoteIn(source: Source): string | undefined {
  for (const [key, value] of source.fields)
    if (typeof value === 'string' && roleOf(key) === ('quote' satisfies Role)) return value;
  return undefined;
}

/** `docs/how-to/run-agents.md` → `Run agents`; `tides/README.md` → `Tides`. */
function readable(path: string): string {
  const name = (
    path
      .replace(/[\\/](?:readme|index)\.\w+$/i, '')
      .split(/[\\/]/)
      .pop() ?? path
  )
    .replace(/\.\w{1,5}$/, '')
    .replace(/[-_]+/g, ' ')
    .trim();
  return name === '' ? path : name.charAt(0).toUpperCase() + name.slice(1);
}
