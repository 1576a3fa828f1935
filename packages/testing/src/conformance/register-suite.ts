import { EspalierError } from '@espalier/core';
import type { DescribeFunction, ItFunction, SkippedTests } from './options.js';

export interface SuiteTest {
  readonly name: string;
  readonly body: () => Promise<void>;
}

/** What every suite lets its user choose. */
export interface SuiteOptions {
  /** Of the implementation, for the report. */
  readonly name: string;
  readonly skip?: readonly SkippedTests[];
  /** @default the global one */
  readonly describe?: DescribeFunction;
  /** @default the global one */
  readonly it?: ItFunction;
}

/** Tests of one port. */
export interface Suite {
  /** The function that the user called, for messages. */
  readonly caller: string;
  /** What is tested: `a chat model`. */
  readonly port: string;
  readonly groups: readonly { readonly name: string; readonly tests: readonly SuiteTest[] }[];
  /** Of one test, in milliseconds. */
  readonly timeout?: number;
}

/** Registers a suite with jest, vitest or node:test. @throws option-invalid without a runner, or where a `skip` fits no test */
export function registerSuite({ caller, port, groups, timeout }: Suite, options: SuiteOptions): void {
  const describe = options.describe ?? (globalThis as { describe?: DescribeFunction }).describe;
  const it = options.it ?? (globalThis as { it?: ItFunction }).it;
  if (describe === undefined || it === undefined) throw noRunner(caller);
  const { name: implementation, skip = [] } = options;
  const names = groups.flatMap(({ tests }) => tests).map(({ name }) => name);
  const stale = skip.flatMap(single).find((entry) => !names.some((name) => fits(entry, name)));
  if (stale !== undefined) throw staleSkip(caller, implementation, stale);
  describe(`${implementation}: ${port}`, () => {
    for (const { name, tests } of groups) {
      if (tests.length === 0) continue;
      describe(name, () => {
        for (const test of tests) register(it, test, skip, timeout);
      });
    }
  });
}

function register(it: ItFunction, { name, body }: SuiteTest, skipped: readonly SkippedTests[], timeout?: number): void {
  const skip = skipped.find((entry) => fits(entry, name));
  if (skip !== undefined) it.skip(`${name} (${skip.reason})`, body);
  else if (timeout === undefined) it(name, body);
  else it(name, body, timeout);
}

const fits = ({ tests }: SkippedTests, name: string): boolean =>
  tests instanceof RegExp ? tests.test(name) : tests.some((test) => name === test || name.startsWith(`${test} (`));

const single = (entry: SkippedTests): readonly SkippedTests[] =>
  entry.tests instanceof RegExp ? [entry] : entry.tests.map((name) => ({ ...entry, tests: [name] }));

/** What the entry excused is gone or has another name. */
const staleSkip = (caller: string, implementation: string, { tests }: SkippedTests): EspalierError =>
  new EspalierError('option-invalid', `${caller}(): ${implementation}: skip: no test is named ${String(tests)}.`, {
    hint: 'Remove the entry, or write the name as the report shows it.',
  });

const noRunner = (caller: string): EspalierError =>
  new EspalierError('option-invalid', `${caller}(): describe, it: expected functions, got undefined.`, {
    hint: "Pass those of your test runner: import { describe, it } from 'node:test'.",
  });
