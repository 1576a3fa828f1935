import { append, Merge, SharedState } from '@espalier/core';

/** Something that the briefing does not cover, and why. */
export interface Omission {
  readonly what: string;
  readonly why: string;
}

/**
 * What was left out, by whichever agent noticed. Items of one `@ForEach` write it side by side: the merge rule makes
 * that safe, and the order is that of the graph and the items, not of the clock.
 */
@SharedState()
export class LeftOut {
  @Merge(append)
  items: readonly Omission[] = [];
}
