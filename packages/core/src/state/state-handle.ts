/** What a merge rule does with the value so far and one write. Must be pure. */
export type MergeRule<T> = (current: T, update: T) => unknown;

/** One node's view of a shared state class. */
export interface StateHandle<S extends object> {
  /** The initial state, the writes of this node's ancestors, and its own writes so far. Frozen. */
  read(): Readonly<S>;
  /**
   * Adds writes, field by field: merged by the field's `@Merge` rule, or replacing where it has none.
   * They commit when the node succeeds and vanish when it fails. Fields that are `undefined` are left out. Where one
   * field is refused, none is written.
   * @throws not-plain-data, state-undeclared
   */
  write(update: { readonly [K in keyof S]?: S[K] }): void;
}
