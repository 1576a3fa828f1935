import type { Journal } from '@espalier/core';

/** What a test has at hand. */
interface JournalContext {
  readonly journal: Journal;
  /** The same data once more, as another process sees it. Closed after the test. */
  readonly another: () => Promise<Journal>;
}

export interface JournalCase {
  readonly name: string;
  /** Needs a second journal on the same data. */
  readonly shared: boolean;
  readonly run: (context: JournalContext) => Promise<void>;
}

export interface JournalGroup {
  readonly name: string;
  readonly cases: readonly JournalCase[];
}

/** A test of one journal. */
export const alone = (name: string, run: (journal: Journal) => Promise<void>): JournalCase => ({
  name,
  shared: false,
  run: ({ journal }) => run(journal),
});

/** A test of two journals on the same data. */
export const shared = (name: string, run: (one: Journal, other: Journal) => Promise<void>): JournalCase => ({
  name,
  shared: true,
  run: async ({ journal, another }) => run(journal, await another()),
});
