import { mergeRulesKey } from '../metadata/agent-metadata.js';
import type { MergeRule } from './state-handle.js';

/** The merge rules of a shared state class: its own, and those of the classes that it extends. */
export function mergeRulesOf(state: new () => object): ReadonlyMap<string, MergeRule<unknown>> {
  const chain: ReadonlyMap<string, MergeRule<unknown>>[] = [];
  for (let at: object | null = state; typeof at === 'function'; at = Object.getPrototypeOf(at) as object | null) {
    const own = mergeRulesKey.read(at);
    if (own !== undefined) chain.unshift(own);
  }
  return chain.length === 1 ? (chain[0] as (typeof chain)[0]) : new Map(chain.flatMap((own) => [...own]));
}
