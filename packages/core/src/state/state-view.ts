import { EspalierError } from '../errors/espalier-error.js';
import type { StateWrite } from '../events/event.js';
import { toPlain } from '../schema/plain.js';
import type { StateDefinition } from './state-definition.js';

/**
 * What one settled node adds to shared state, and what it builds upon.
 *
 * The writers of a run form a graph of their own: a node that writes points at the nearest writers among its
 * ancestors; a node that does not write is left out. So a chain of a million nodes that write nothing costs nothing,
 * and no node holds a list of its ancestors.
 */
export interface Writer {
  /** Topological index. */
  readonly index: number;
  readonly node: string;
  readonly writes: readonly StateWrite[];
  readonly before: Frontier;
  /** Names of all states that it or a writer before it wrote. */
  readonly states: ReadonlySet<string>;
  /** What a reader right after this writer sees, by state name: kept, so that a chain of writers costs its length. */
  readonly views: Map<string, Readonly<Record<string, unknown>>>;
}

/** The nearest writers among a node's ancestors, each once, ascending by index. */
export type Frontier = readonly Writer[];

export const noWriters: Frontier = Object.freeze([]);

/** The nearest writers of a node that has these parents. */
export function joinFrontiers(frontiers: readonly Frontier[]): Frontier {
  let joined = noWriters;
  for (const frontier of frontiers) {
    if (frontier.length === 0 || frontier === joined) continue;
    joined = joined.length === 0 ? frontier : [...new Set([...joined, ...frontier])].sort(byIndex);
  }
  return joined;
}

/**
 * The newest writers of a frontier that are to be applied together: one, or all down to one that they all stand on. What is
 * before them is again a frontier, so a state is the initial one with stage after stage applied.
 */
export interface Stage {
  /** In topological order, newest first. */
  readonly writers: readonly Writer[];
  readonly before: Frontier;
}

/** The newest stage of a frontier that is not empty. Does not recurse. */
export function stageOf(frontier: Frontier): Stage {
  const [only] = frontier as readonly [Writer];
  if (frontier.length === 1) return { writers: frontier, before: only.before };
  const writers: Writer[] = [];
  const open = [...frontier]; // ascending by index, each once
  let last = 1; // one that is left over is before all others, unless one of these has nothing before it
  while (open.length > last) {
    const writer = open.pop() as Writer;
    writers.push(writer);
    if (writer.before.length === 0) last = 0;
    for (const earlier of writer.before) insert(open, earlier);
  }
  return { writers, before: open };
}

function insert(open: Writer[], writer: Writer): void {
  let at = open.length;
  while (at > 0 && (open[at - 1] as Writer).index > writer.index) at -= 1;
  if (open[at - 1] !== writer) open.splice(at, 0, writer);
}

/**
 * The state that a frontier shows: the initial state and all writes before it, in topological order.
 * @throws state-conflict when two writers with no path between them wrote one field that has no merge rule
 */
export function viewOf(definition: StateDefinition, frontier: Frontier): Readonly<Record<string, unknown>> {
  const stages: Stage[] = [];
  let below = frontier;
  let view: Readonly<Record<string, unknown>> | undefined;
  while (view === undefined && below.length > 0) {
    view = below.length === 1 ? below[0]?.views.get(definition.name) : undefined;
    if (view !== undefined) break;
    const stage = stageOf(below);
    stages.push(stage);
    below = stage.before;
  }
  view ??= definition.initial;
  for (const { writers } of stages.reverse()) {
    view = withStage(view, definition, writers);
    if (writers.length === 1) (writers[0] as Writer).views.set(definition.name, view);
  }
  return view;
}

/** @throws state-conflict */
function withStage(
  before: Readonly<Record<string, unknown>>,
  definition: StateDefinition,
  writers: readonly Writer[],
): Readonly<Record<string, unknown>> {
  const clash = writers.length === 1 ? undefined : conflictIn(definition, writers);
  if (clash !== undefined) throw clash;
  const view = { ...before };
  for (const { writes } of writers.toReversed()) {
    for (const { state, field, value } of writes) {
      if (state === definition.name) applyWrite(view, definition, field, value);
    }
  }
  return Object.freeze(view);
}

/** What decides whether writes to a state get in each other's way. */
export interface StateShape {
  readonly name: string;
  /** The fields with a merge rule. */
  readonly rules: { has(field: string): boolean };
}

/** The first conflict in what a frontier shows of a state, if there is one: what it shows need not be known. */
export function firstConflict(shape: StateShape, frontier: Frontier): EspalierError | undefined {
  for (let below = frontier; below.length > 0; ) {
    const { writers, before } = stageOf(below);
    const clash = writers.length === 1 ? undefined : conflictIn(shape, writers);
    if (clash !== undefined) return clash;
    below = before;
  }
  return undefined;
}

function conflictIn({ name, rules }: StateShape, writers: readonly Writer[]): EspalierError | undefined {
  const last = new Map<string, Writer>();
  for (const writer of writers.toReversed()) {
    for (const { state, field } of writer.writes) {
      if (state !== name || rules.has(field)) continue;
      const earlier = last.get(field);
      if (earlier !== undefined && earlier !== writer && !standsOn(writer, earlier)) {
        return conflict(name, field, earlier.node, writer.node);
      }
      last.set(field, writer);
    }
  }
  return undefined;
}

/** Puts one write into a view, by the field's merge rule if it has one. */
export function applyWrite(
  view: Record<string, unknown>,
  definition: StateDefinition,
  field: string,
  value: unknown,
): void {
  const rule = definition.rules.get(field);
  // What a rule makes is seen by many nodes: it must be as plain and frozen as what was written.
  view[field] =
    rule === undefined ? value : toPlain(rule(view[field], value), { what: `@Merge of ${definition.name}.${field}` });
}

/** Whether one writer is an ancestor of another. */
function standsOn(writer: Writer, ancestor: Writer): boolean {
  const seen = new Set<Writer>(writer.before);
  for (const earlier of seen) {
    if (earlier === ancestor) return true;
    if (earlier.index > ancestor.index) for (const next of earlier.before) seen.add(next);
  }
  return false;
}

/** The error of two nodes that wrote one field with no order between them. */
export function conflict(name: string, field: string, first: string, second: string): EspalierError {
  return new EspalierError(
    'state-conflict',
    `Nodes '${first}' and '${second}' both wrote ${name}.${field}, and neither depends on the other: ` +
      'which value counts would be chance.',
    {
      hint: `Write @Merge(rule) on ${name}.${field}, or let one of the two depend on the other.`,
      where: { node: second, class: `${name}.${field}` },
      details: { state: name, field, nodes: [first, second] },
    },
  );
}

const byIndex = (a: Writer, b: Writer): number => a.index - b.index;
