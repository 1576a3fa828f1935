import { EspalierError } from '@espalier/core';
import { answers } from './cases/answers.js';
import { cancellation } from './cases/cancellation.js';
import { failures } from './cases/failures.js';
import { isolation } from './cases/isolation.js';
import { messages } from './cases/messages.js';
import { streaming } from './cases/streaming.js';
import { structuredOutput } from './cases/structured-output.js';
import { tools } from './cases/tools.js';
import type { CaseContext, ConformanceCase, ConformanceGroup, Mode } from './conformance-case.js';
import type { ChatModelConformanceOptions, DescribeFunction, ItFunction, SkippedTests } from './options.js';
import type { ScriptedProvider } from './scripted-provider.js';
import { ask, fail, type Subject } from './subject.js';

const groups: readonly ConformanceGroup[] = [
  messages,
  tools,
  structuredOutput,
  answers,
  streaming,
  failures,
  cancellation,
  isolation,
];

/** Milliseconds. The first call may have to load an SDK. */
const DEFAULT_PATIENCE = 5000;

interface Test {
  readonly name: string;
  readonly body: () => Promise<void>;
}

/**
 * Registers the tests that every {@link ChatModel} has to pass: what it sends, what it makes of answers, how it streams,
 * fails and is cancelled. Runs under jest, vitest and node:test; most tests run for `generate` and for `stream`.
 *
 * @param options.provider starts a provider that the tests script, such as `startProviderServer({ api })`; without it,
 *   only the tests that need no script run
 * @param options.create the model, made to ask that provider
 * @param options.skip what the implementation can't pass, each with its reason; they are shown as skipped
 * @throws option-invalid when there is no `describe` or `it`, or a `skip` fits no test
 * @example
 * chatModelConformance({
 *   name: 'acme',
 *   provider: () => startProviderServer({ api: 'openai-chat' }),
 *   create: ({ baseURL }) => acme('large', { baseURL, apiKey: 'key-of-acme' }),
 *   secrets: ['key-of-acme'],
 * });
 * @since 0.1.0
 */
export function chatModelConformance<Provider extends ScriptedProvider>(
  options: ChatModelConformanceOptions<Provider>,
): void {
  const describe = options.describe ?? (globalThis as { describe?: DescribeFunction }).describe;
  const it = options.it ?? (globalThis as { it?: ItFunction }).it;
  if (describe === undefined || it === undefined) throw noRunner();
  const skipped = readSkipped(options);
  // The suite gives up before its runner does: it can say what it waited for.
  const timeout = (options.patience ?? DEFAULT_PATIENCE) * 6;
  describe(`${options.name}: a chat model`, () => {
    for (const group of groups) {
      const tests = testsOf(group, options);
      if (tests.length === 0) continue;
      describe(group.name, () => {
        for (const test of tests) register(it, test, skipped, timeout);
      });
    }
  });
}

function register(it: ItFunction, { name, body }: Test, skipped: readonly SkippedTests[], timeout: number): void {
  const skip = skipped.find((entry) => fits(entry, name));
  if (skip === undefined) it(name, body, timeout);
  else it.skip(`${name} (${skip.reason})`, body);
}

const fits = ({ tests }: SkippedTests, name: string): boolean =>
  tests instanceof RegExp ? tests.test(name) : tests.some((test) => name === test || name.startsWith(`${test} (`));

/** The tests of a group that this model can take, with their names. */
function testsOf<Provider extends ScriptedProvider>(
  group: ConformanceGroup,
  options: ChatModelConformanceOptions<Provider>,
): readonly Test[] {
  return group.cases
    .filter((test) => options.provider !== undefined || !test.scripted)
    .flatMap((test) => {
      const modes = test.modes ?? (['generate', 'stream'] as const);
      return modes.map((mode) => ({
        name: modes.length === 1 ? test.name : `${test.name} (${mode})`,
        body: () => run(test, mode, options),
      }));
    });
}

async function run<Provider extends ScriptedProvider>(
  test: ConformanceCase,
  mode: Mode,
  options: ChatModelConformanceOptions<Provider>,
): Promise<void> {
  const { patience = DEFAULT_PATIENCE, secrets = [] } = options;
  const provider = await options.provider?.();
  try {
    const model = await (options.create as (provider: Provider | undefined) => Subject['model'])(provider);
    const subject: Subject = { model, patience, secrets };
    const context = {
      ...subject,
      mode,
      provider,
      ask: (request, asking) => ask(subject, mode, request, asking),
      fail: (request, asking) => fail(subject, mode, request, asking),
    } as CaseContext;
    await test.run(context);
  } finally {
    await provider?.close();
  }
}

/** @throws option-invalid where an entry fits no test: what it excused is gone or has another name */
function readSkipped<Provider extends ScriptedProvider>(
  options: ChatModelConformanceOptions<Provider>,
): readonly SkippedTests[] {
  const names = groups.flatMap((group) => testsOf(group, options)).map(({ name }) => name);
  const { name: model, skip = [] } = options;
  for (const entry of skip) {
    const each = entry.tests instanceof RegExp ? [entry] : entry.tests.map((name) => ({ ...entry, tests: [name] }));
    const stale = each.find((single) => !names.some((name) => fits(single, name)));
    if (stale === undefined) continue;
    throw new EspalierError(
      'option-invalid',
      `chatModelConformance(): ${model}: skip: no test is named ${String(stale.tests)}.`,
      { hint: 'Remove the entry, or write the name as the report shows it.' },
    );
  }
  return skip;
}

const noRunner = (): EspalierError =>
  new EspalierError('option-invalid', 'chatModelConformance(): describe, it: expected functions, got undefined.', {
    hint: "Pass those of your test runner: import { describe, it } from 'node:test'.",
  });
