import {
  type AgentClass,
  type ChatModel,
  createEspalier,
  defineWorkflow,
  type Espalier,
  EspalierError,
  type EspalierOptions,
  type InferSchemaInput,
  type OutputOf,
  type Run,
  type SchemaSource,
  type StartOptions,
  VirtualClock,
  type Workflow,
} from '@espalier/core';
import { isClockUser } from '../faults/faults.js';
import { ScriptedModel } from '../script/scripted-model.js';
import { autoAdvance } from './auto-advance.js';
import { CallCounter } from './call-counter.js';
import { runVirtually, type TestRun, type VirtualRunOptions } from './run-virtually.js';

/** All that `createEspalier` takes, and a shorter way to say which model. */
export interface TestWorkflowOptions extends Omit<EspalierOptions, 'workflows' | 'clock'> {
  /** The model that agents use who name none: `models: { default: … }`. */
  readonly model?: ChatModel;
  /** Workflows that the tested one calls. */
  readonly workflows?: EspalierOptions['workflows'];
  /** @default a new VirtualClock */
  readonly clock?: VirtualClock;
}

/** The same for an agent, which has no workflow that says what its runs start with. */
export interface TestAgentOptions<I extends SchemaSource = SchemaSource<unknown>> extends TestWorkflowOptions {
  /** What runs start with: `run(input)` has its type, and inputs are held to it. @default anything that is plain data */
  readonly input?: I;
}

/** A workflow in a runtime of its own, on a virtual clock. */
export interface TestWorkflow<Input, Output> {
  readonly espalier: Espalier;
  readonly workflow: Workflow<Input, Output>;
  readonly clock: VirtualClock;
  /** Runs it to its end; time moves by itself. It does not throw when the run fails. @throws run-stuck */
  run(input: NoInfer<Input>, options?: VirtualRunOptions): Promise<TestRun<Output>>;
  /** Starts it and leaves the clock alone: for tests that look at what is in between. */
  start(input: NoInfer<Input>, options?: StartOptions): Run<Output>;
  /** For `await using test = await testWorkflow(…)`: parks what still runs, and ends the services that were made. */
  [Symbol.asyncDispose](): Promise<void>;
}

/**
 * One agent, or a workflow, ready to be tested: in a runtime of its own, on a virtual clock, without randomness.
 * Of two providers of one class the last counts, so that fakes stand after the application's own; an agent can be
 * replaced like any other class (see {@link stub}).
 *
 * @param target an agent (with what it depends on), or a workflow
 * @example
 * const model = scriptedModel('Rain.');
 * const { run } = await testWorkflow(Forecast, { model, providers: [{ provide: Weather, useValue: fake }] });
 * const { output } = await run('Brest');
 * @since 0.1.0
 */
export async function testWorkflow<I, O>(
  target: Workflow<I, O>,
  options?: TestWorkflowOptions,
): Promise<TestWorkflow<I, O>>;
export async function testWorkflow<A extends AgentClass, I extends SchemaSource = SchemaSource<unknown>>(
  target: A,
  options?: TestAgentOptions<I>,
): Promise<TestWorkflow<InferSchemaInput<I>, OutputOf<A>>>;
export async function testWorkflow(
  target: Workflow | AgentClass,
  { model, models = {}, workflows = [], clock = new VirtualClock(), input, ...options }: TestAgentOptions = {},
): Promise<TestWorkflow<unknown, unknown>> {
  if (model !== undefined && Object.hasOwn(models, 'default')) {
    throw new EspalierError('option-invalid', 'testWorkflow: both `model` and `models.default` are given.', {
      hint: 'Give one of them.',
    });
  }
  if (input !== undefined && typeof target !== 'function') {
    throw new EspalierError(
      'option-invalid',
      `testWorkflow: workflow '${target.name}' says itself what its input is.`,
      {
        hint: 'Leave `input` out: it is for an agent.',
      },
    );
  }
  const workflow = typeof target === 'function' ? workflowOf(target, input) : target;
  const registered: NonNullable<EspalierOptions['models']> = {
    ...models,
    ...(model === undefined ? {} : { default: model }),
  };
  const used = Object.values(registered).flatMap((one) => ('generate' in one ? [one] : one.models));
  for (const one of used) if (isClockUser(one)) one.useClock(clock);
  const counter = new CallCounter();
  const espalier = await createEspalier({
    random: () => 0.5,
    ...options,
    workflows: [...new Set([workflow, ...workflows])],
    models: counter.watch(registered),
    clock,
  });
  const patience = used.every((one) => one instanceof ScriptedModel) ? 4000 : undefined;
  return {
    espalier,
    workflow,
    clock,
    run: (input, given = {}) =>
      runVirtually(espalier, clock, workflow, input, {
        ...(patience === undefined ? {} : { patience }),
        ...given,
        mayAdvance: () => counter.open === 0 && (given.mayAdvance?.() ?? true),
      }),
    start: (input, given) => espalier.start(workflow, input, given),
    async [Symbol.asyncDispose]() {
      await autoAdvance(clock, espalier.drain({ timeout: 0 }));
    },
  };
}

function workflowOf(output: AgentClass, input: SchemaSource | undefined): Workflow {
  const common = { name: 'test', version: 1, output };
  return defineWorkflow(input === undefined ? common : { ...common, input }) as Workflow;
}

/**
 * A stand-in for an agent: gives this output without running the agent.
 * @param output what the agent gives, or a function that gets what `run()` gets
 * @example testWorkflow(report, { model, providers: [stub(Researcher, { facts: ['…'] })] })
 * @since 0.1.0
 */
export function stub<A extends AgentClass>(
  agent: A,
  output: OutputOf<A> | ((...inputs: unknown[]) => OutputOf<A> | Promise<OutputOf<A>>),
): { readonly provide: A & (new (...args: never[]) => object); readonly useValue: object } {
  const run = typeof output === 'function' ? (output as (...inputs: unknown[]) => unknown) : () => output;
  return { provide: agent as never, useValue: { run } };
}
