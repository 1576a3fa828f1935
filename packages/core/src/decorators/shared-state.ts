import { mergeRulesKey, sharedStateKey } from '../metadata/agent-metadata.js';
import { sourceLocation } from '../metadata/source-location.js';
import type { MergeRule } from '../state/state-handle.js';
import { writeOnce } from './write-once.js';

/**
 * Declares a class as state that nodes of a run share. Its property initialisers are the initial state.
 *
 * A node sees the initial state and the writes of its ancestors, merged in the graph's order, whatever the timing.
 *
 * @example
 * \@SharedState()
 * class Notes {
 *   \@Merge(append) items: string[] = [];
 * }
 */
export function SharedState(options: { readonly name?: string } = {}): (target: new () => object) => void {
  const location = sourceLocation();
  return (target) => writeOnce(sharedStateKey, target, { name: options.name ?? target.name, location }, '@SharedState');
}

/**
 * How writes of a field combine: needed wherever two nodes with no path between them write it.
 * @param rule pure; gets the value so far and one write: {@link append}, {@link union}, {@link sum} or your own
 */
export function Merge<R extends MergeRule<never>>(
  rule: R,
): <K extends string>(prototype: { [P in K]: Parameters<R>[0] }, field: K) => void {
  return (prototype, field) => {
    const rules = new Map(mergeRulesKey.read(prototype.constructor));
    rules.set(field, rule as unknown as MergeRule<unknown>);
    mergeRulesKey.write(prototype.constructor, rules);
  };
}
