import type { ScopedStore } from '@espalier/core';
import { registerSuite, type SuiteOptions } from '../conformance/register-suite.js';
import { memoryCases, noteCases, type ScopedCase, scopeCases } from './cases.js';
import { forgottenCases } from './forgotten-cases.js';
import { randomCase } from './random-actions.js';

/** Of one test, in milliseconds: some write a thousand times, and disks differ. */
const TIMEOUT = 60_000;

/** @since 0.1.0 */
export interface ScopedStoreConformanceOptions<S extends ScopedStore = ScopedStore> extends SuiteOptions {
  /** A store that holds nothing. Called for each test. */
  readonly create: () => S | Promise<S>;
  /**
   * The same store, opened anew: what was kept is there. Called while the first is open.
   * @default the store itself, for one that does not outlive its process
   */
  readonly again?: (store: S) => S | Promise<S>;
  /** Frees what `create` or `again` has taken. */
  readonly destroy?: (store: S) => void | Promise<void>;
}

/**
 * Registers the tests that every {@link ScopedStore} has to pass: K1 to K7 of the port. Runs under jest, vitest and node:test.
 *
 * @param options.create a store that holds nothing
 * @param options.again the same store, opened anew
 * @param options.skip what the implementation can't pass, each with its reason; they are shown as skipped
 * @throws option-invalid when there is no `describe` or `it`, or a `skip` fits no test
 * @example
 * scopedStoreConformance({ name: 'MemoryScopedStore', create: () => new MemoryScopedStore() });
 * @since 0.1.0
 */
export function scopedStoreConformance<S extends ScopedStore>(options: ScopedStoreConformanceOptions<S>): void {
  const group = (name: string, cases: readonly ScopedCase[]) => ({
    name,
    tests: cases.map((one) => ({ name: one.name, body: () => runCase(one, options) })),
  });
  const groups = [
    group('memories', memoryCases),
    group('notes', noteCases),
    group('what is kept', forgottenCases),
    group('scopes', scopeCases),
    group('all together', [randomCase]),
  ];
  const suite = { caller: 'scopedStoreConformance', port: 'a store of memories and notes', groups, timeout: TIMEOUT };
  registerSuite(suite, options);
}

async function runCase<S extends ScopedStore>(
  { run }: ScopedCase,
  { create, again, destroy }: ScopedStoreConformanceOptions<S>,
): Promise<void> {
  const store = await create();
  const opened = new Set([store]);
  try {
    await run(store, async () => {
      const second = (await again?.(store)) ?? store;
      opened.add(second);
      return second;
    });
  } finally {
    for (const one of opened) await destroy?.(one);
  }
}
