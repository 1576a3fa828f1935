import type { ThreadStore } from '@espalier/core';
import { registerSuite, type SuiteOptions } from '../conformance/register-suite.js';
import { threadCases } from './cases.js';

/** @since 0.1.0 */
export interface ThreadStoreConformanceOptions<S extends ThreadStore = ThreadStore> extends SuiteOptions {
  /** A store without any thread. Called for each test. */
  readonly create: () => S | Promise<S>;
  /** Frees what `create` has taken. */
  readonly destroy?: (store: S) => void | Promise<void>;
}

/**
 * Registers the tests that every {@link ThreadStore} has to pass: C1 to C6 of the port. Runs under jest, vitest and node:test.
 *
 * @param options.create a store without any thread
 * @param options.skip what the implementation can't pass, each with its reason; they are shown as skipped
 * @throws option-invalid when there is no `describe` or `it`, or a `skip` fits no test
 * @example
 * threadStoreConformance({ name: 'MemoryThreadStore', create: () => new MemoryThreadStore() });
 * @since 0.1.0
 */
export function threadStoreConformance<S extends ThreadStore>(options: ThreadStoreConformanceOptions<S>): void {
  const tests = threadCases.map(({ name, run }) => ({ name, body: () => runCase(run, options) }));
  const groups = [{ name: 'C1 to C6', tests }];
  registerSuite({ caller: 'threadStoreConformance', port: 'a store of threads', groups }, options);
}

async function runCase<S extends ThreadStore>(
  run: (store: ThreadStore) => Promise<void>,
  { create, destroy }: ThreadStoreConformanceOptions<S>,
): Promise<void> {
  const store = await create();
  try {
    await run(store);
  } finally {
    await destroy?.(store);
  }
}
