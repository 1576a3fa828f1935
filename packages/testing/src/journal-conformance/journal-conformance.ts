import type { Journal } from '@espalier/core';
import { registerSuite, type SuiteOptions } from '../conformance/register-suite.js';
import { answers, ending } from './cases/answers.js';
import { chain } from './cases/chain.js';
import { keeping } from './cases/keeping.js';
import { fencing, owning } from './cases/leases.js';
import { listing } from './cases/listing.js';
import { order } from './cases/order.js';
import { requests } from './cases/requests.js';
import { resting } from './cases/resting.js';
import type { JournalCase, JournalGroup } from './journal-case.js';

/** @since 0.1.0 */
export interface JournalConformanceOptions<J extends Journal = Journal> extends SuiteOptions {
  /** A journal without any run. Called for each test. */
  readonly create: () => J | Promise<J>;
  /** Opens the data of a journal once more, as another process does. Without it, tests that need it do not run. */
  readonly another?: (journal: J) => J | Promise<J>;
  /** Frees what `create` or `another` has taken: of those of one test, the newest first. */
  readonly destroy?: (journal: J) => void | Promise<void>;
}

const groups: readonly JournalGroup[] = [
  order,
  keeping,
  listing,
  fencing,
  owning,
  answers,
  ending,
  resting,
  requests,
  chain,
];

/**
 * Registers the tests that every {@link Journal} has to pass: J1 to J7 of the port. Runs under jest, vitest and node:test.
 *
 * @param options.create a journal without any run
 * @param options.another the same data in a second journal, for a store that several processes share
 * @param options.skip what the implementation can't pass, each with its reason; they are shown as skipped
 * @throws option-invalid when there is no `describe` or `it`, or a `skip` fits no test
 * @example
 * journalConformance({ name: 'MemoryJournal', create: () => new MemoryJournal() });
 * @since 0.1.0
 */
export function journalConformance<J extends Journal>(options: JournalConformanceOptions<J>): void {
  registerSuite(
    {
      caller: 'journalConformance',
      port: 'a journal',
      groups: groups.map(({ name, cases }) => ({
        name,
        tests: cases
          .filter(({ shared }) => !shared || options.another !== undefined)
          .map((test) => ({ name: test.name, body: () => run(test, options) })),
      })),
    },
    options,
  );
}

async function run<J extends Journal>(
  test: JournalCase,
  { create, another, destroy }: JournalConformanceOptions<J>,
): Promise<void> {
  const journal = await create();
  const open = [journal];
  try {
    await test.run({
      journal,
      another: async () => {
        const other = await (another as (journal: J) => J | Promise<J>)(journal);
        open.push(other);
        return other;
      },
    });
  } finally {
    for (const one of open.reverse()) await destroy?.(one);
  }
}
