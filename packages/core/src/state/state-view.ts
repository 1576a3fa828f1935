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

/** All writers that a frontier stands on, in topological order. Does not recurse. */
export function writersOf(frontier: Frontier): readonly Writer[] {
  const seen = new Set<Writer>(frontier);
  for (const writer of seen) for (const earlier of writer.before) seen.add(earlier);
  return [...seen].sort(byIndex);
}

/**
 * The state that a frontier shows: the initial state and all writes before it, in topological order.
 * @throws state-conflict when two writers with no path between them wrote one field that has no merge rule
 */
export function viewOf(definition: StateDefinition, frontier: Frontier): Readonly<Record<string, unknown>> {
  const chain: Writer[] = [];
  let below = frontier;
  for (let [writer] = below; below.length === 1 && writer !== undefined; [writer] = below) {
    if (writer.views.has(definition.name)) break;
    chain.push(writer);
    below = writer.before;
  }
  let view = below.length === 1 ? below[0]?.views.get(definition.name) : undefined;
  view ??= joinedView(definition, below);
  for (const writer of chain.reverse()) {
    view = withWrites(view, definition, writer);
    writer.views.set(definition.name, view);
  }
  return view;
}

/** The state where several writers with no path between them meet. */
function joinedView(definition: StateDefinition, frontier: Frontier): Readonly<Record<string, unknown>> {
  const view: Record<string, unknown> = { ...definition.initial };
  const last = new Map<string, Writer>();
  for (const writer of writersOf(frontier)) {
    for (const { state, field, value } of writer.writes) {
      if (state !== definition.name) continue;
      const earlier = last.get(field);
      if (!definition.rules.has(field) && earlier !== undefined && earlier !== writer && !standsOn(writer, earlier)) {
        throw conflict(definition, field, earlier.node, writer.node);
      }
      last.set(field, writer);
      applyWrite(view, definition, field, value);
    }
  }
  return Object.freeze(view);
}

function withWrites(
  before: Readonly<Record<string, unknown>>,
  definition: StateDefinition,
  writer: Writer,
): Readonly<Record<string, unknown>> {
  const view = { ...before };
  for (const { state, field, value } of writer.writes) {
    if (state === definition.name) applyWrite(view, definition, field, value);
  }
  return Object.freeze(view);
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
export function conflict(definition: StateDefinition, field: string, first: string, second: string): EspalierError {
  return new EspalierError(
    'state-conflict',
    `Nodes '${first}' and '${second}' both wrote ${definition.name}.${field}, and neither depends on the other: ` +
      'which value counts would be chance.',
    {
      hint: `Write @Merge(rule) on ${definition.name}.${field}, or let one of the two depend on the other.`,
      where: { node: second, class: `${definition.name}.${field}` },
      details: { state: definition.name, field, nodes: [first, second] },
    },
  );
}

const byIndex = (a: Writer, b: Writer): number => a.index - b.index;
