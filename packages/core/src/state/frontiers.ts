import type { StateWrite } from '../events/event.js';
import { type Frontier, joinFrontiers, noWriters } from './state-view.js';

/** The nearest writers of shared state as each settled node of a run leaves them. Costs nothing before the first write. */
export class Frontiers {
  #after: (Frontier | undefined)[] | undefined;

  /** Keeps what stands after the node at this index. */
  keep(index: number, frontier: Frontier): void {
    if (frontier.length === 0) return;
    this.#after ??= [];
    this.#after[index] = frontier;
  }

  /** What a node sees whose inputs come from these nodes. */
  before(sources: readonly number[]): Frontier {
    const after = this.#after;
    if (after === undefined) return noWriters;
    return joinFrontiers(sources.map((source) => after[source] ?? noWriters));
  }

  /** What the whole run has written. */
  get final(): Frontier {
    return joinFrontiers((this.#after ?? []).filter((frontier) => frontier !== undefined));
  }
}

/**
 * The frontier after a node that wrote this, or the one before it where it wrote nothing.
 * @param views what is known of what a reader sees after it
 */
export function frontierAfter(
  { index, node, before }: { readonly index: number; readonly node: string; readonly before: Frontier },
  writes: readonly StateWrite[],
  views: Iterable<readonly [string, Readonly<Record<string, unknown>>]> = [],
): Frontier {
  if (writes.length === 0) return before;
  return [{ index, node, writes: [...writes], before, states: statesAfter(before, writes), views: new Map(views) }];
}

/** One set for a chain of writers that write the same states. */
function statesAfter(before: Frontier, writes: readonly StateWrite[]): ReadonlySet<string> {
  const [only] = before;
  if (before.length === 1 && only !== undefined && writes.every(({ state }) => only.states.has(state))) {
    return only.states;
  }
  return new Set([...before.flatMap(({ states }) => [...states]), ...writes.map(({ state }) => state)]);
}
