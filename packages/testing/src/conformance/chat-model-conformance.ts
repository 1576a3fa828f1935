import { answers } from './cases/answers.js';
import { cancellation } from './cases/cancellation.js';
import { failures } from './cases/failures.js';
import { isolation } from './cases/isolation.js';
import { messages } from './cases/messages.js';
import { streaming } from './cases/streaming.js';
import { structuredOutput } from './cases/structured-output.js';
import { tools } from './cases/tools.js';
import type { CaseContext, ConformanceCase, ConformanceGroup, Mode } from './conformance-case.js';
import type { ChatModelConformanceOptions } from './options.js';
import { registerSuite, type SuiteTest } from './register-suite.js';
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
  registerSuite(
    {
      caller: 'chatModelConformance',
      port: 'a chat model',
      groups: groups.map((group) => ({ name: group.name, tests: testsOf(group, options) })),
      // The suite gives up before its runner does: it can say what it waited for.
      timeout: (options.patience ?? DEFAULT_PATIENCE) * 6,
    },
    options,
  );
}

/** The tests of a group that this model can take, with their names. */
function testsOf<Provider extends ScriptedProvider>(
  group: ConformanceGroup,
  options: ChatModelConformanceOptions<Provider>,
): readonly SuiteTest[] {
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
