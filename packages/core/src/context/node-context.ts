import { type Duration, milliseconds } from '../clock/duration.js';
import { EspalierError, type SerializedError, serializeError } from '../errors/espalier-error.js';
import type { Attempt } from '../execution/attempt.js';
import type { ChildCall } from '../execution/runtime-services.js';
import { whileLoaded } from '../execution/while-loaded.js';
import { generationOf } from '../generation/generation-of.js';
import type { Workflow } from '../graph/workflow.js';
import { tended } from '../journal/maybe-promise.js';
import type { Memory, MemoryHandle } from '../memory/memory.js';
import type { MemorySession } from '../memory/memory-session.js';
import type { Notes, NotesHandle } from '../memory/notes.js';
import type { Prompt } from '../model/prompt.js';
import { BudgetLedger } from '../policies/budget-ledger.js';
import type { Json } from '../schema/json.js';
import { toPlain } from '../schema/plain.js';
import { isSchemaSource, readSchema } from '../schema/read-schema.js';
import type { SchemaSource } from '../schema/schema.js';
import type { StateHandle } from '../state/state-handle.js';
import { suspend } from '../suspension/suspend.js';
import type { GenerateOptions, RunContext, StepContext, WaitOptions } from './run-context.js';
import { stepContext } from './step-context.js';

/** The context that `run()` gets: a view of one attempt. */
export class NodeContext implements RunContext {
  readonly #attempt: Attempt;
  #memorySession: MemorySession | undefined;

  constructor(attempt: Attempt) {
    this.#attempt = attempt;
  }

  get runId(): string {
    return this.#attempt.runId;
  }

  get node(): string {
    return this.#attempt.node;
  }

  get attempt(): number {
    return this.#attempt.attempt;
  }

  get input(): unknown {
    return this.#attempt.input;
  }

  get signal(): AbortSignal {
    return this.#attempt.signal;
  }

  get identity(): unknown {
    return this.#attempt.identity;
  }

  get threadId(): string | undefined {
    return this.#attempt.thread?.id;
  }

  get index(): number | undefined {
    return this.#attempt.run.options.item;
  }

  get iteration(): number | undefined {
    return this.#attempt.run.options.iteration;
  }

  get previous(): unknown {
    return this.#attempt.run.options.previous;
  }

  get failure(): SerializedError | undefined {
    return this.#attempt.run.options.failure;
  }

  generate(prompt: Prompt, options?: GenerateOptions): Promise<string>;
  generate<T>(schema: SchemaSource<T>, prompt: Prompt, options?: GenerateOptions): Promise<T>;
  // biome-ignore lint/suspicious/noExplicitAny: the overloads above say what comes back
  generate(...args: readonly unknown[]): Promise<any> {
    return tended(whileLoaded(this.#attempt.run.execution, this.#generate(args)));
  }

  async #generate(args: readonly unknown[]): Promise<unknown> {
    const attempt = this.#attempt;
    const { ask } = generationOf(attempt.agent);
    const [first] = args;
    if (!isSchemaSource(first)) {
      const [prompt, options] = args as [Prompt, GenerateOptions?];
      return ask.generateText(attempt, this.#callName(options), prompt, options);
    }
    const [, prompt, options] = args as [unknown, Prompt, GenerateOptions?];
    const name = this.#callName(options); // before anything is waited for: names follow the order of calls
    const schema = await readSchema(first, { node: attempt.node });
    return ask.generateObject(attempt, name, schema, prompt, options);
  }

  stream(prompt: Prompt, options?: GenerateOptions): AsyncIterable<string> {
    const { ask } = generationOf(this.#attempt.agent);
    return ask.streamText(this.#attempt, this.#callName(options), prompt, options);
  }

  /** @throws the reason why the attempt is over, step-duplicate */
  #callName(options: GenerateOptions | undefined): string {
    this.#attempt.assertOpen();
    return this.#attempt.callName(options?.key);
  }

  state<S extends object>(state: new () => S): StateHandle<S> {
    this.#attempt.assertOpen();
    return this.#attempt.state.handle(state);
  }

  memory<T>(memory: Memory<T>): MemoryHandle<T> {
    this.#attempt.assertOpen();
    return this.#memories().memory(memory);
  }

  notes(notes: Notes): NotesHandle {
    this.#attempt.assertOpen();
    return this.#memories().notes(notes);
  }

  #memories(): MemorySession {
    this.#memorySession ??= this.#attempt.memories('');
    return this.#memorySession;
  }

  step<T>(name: string, perform: (step: StepContext) => T | Promise<T>): Promise<T> {
    return tended(this.#step(name, perform));
  }

  async #step<T>(name: string, perform: (step: StepContext) => T | Promise<T>): Promise<T> {
    const attempt = this.#attempt;
    const { run } = attempt;
    const step = attempt.claim(`step:${name}`);
    if (run.steps?.has(step)) return run.steps.get(step) as T;
    attempt.assertOpen();
    const { engine } = run.execution;
    const key = { node: attempt.node, attempt: 0, step };
    const failure = { ...key, attempt: attempt.attempt }; // a failure counts for its attempt, a result for all
    const value = await engine.task(
      engine.history?.step(failure) === undefined ? key : failure,
      async () => {
        const idempotencyKey = `${attempt.runId}/${attempt.node}/${name}`;
        const result = await perform(stepContext(attempt, step, idempotencyKey));
        const what = `the result of ctx.step('${name}')`;
        return toPlain(result, { node: attempt.node, what, learner: attempt.learner });
      },
      {
        done: (result) => ({ type: 'step-end', ...key, ...(result === undefined ? {} : { value: result }) }),
        failed: (error) =>
          attempt.isOver || run.execution.stopReason !== undefined
            ? undefined // it was cut off: nobody knows how it would have come out
            : { type: 'step-end', ...failure, error: serializeError(error) },
      },
    );
    run.steps ??= new Map();
    run.steps.set(step, value);
    attempt.assertOpen();
    return value as T;
  }

  call<I, O>(workflow: Workflow<I, O>, input: I): Promise<O> {
    return tended(this.#call(workflow, input));
  }

  async #call<I, O>(workflow: Workflow<I, O>, input: I): Promise<O> {
    const attempt = this.#attempt;
    attempt.assertOpen();
    checkCall(attempt, workflow as Workflow);
    const step = `call:${workflow.name}[${attempt.count(`call:${workflow.name}`)}]`;
    // An attempt has child runs of its own: another one may give another input, and should not meet the same failure.
    const since = attempt.run.execution.suffixOf(attempt.node);
    const caller = `${attempt.node}${since}${attempt.attempt === 1 ? '' : `#${attempt.attempt}`}`;
    const childId = `${attempt.runId}/${caller}/${step}`;
    const key = { node: attempt.node, attempt: attempt.attempt, step };
    const ledger = new BudgetLedger({}, attempt.ledger, { runId: childId }); // tells what this child has spent
    const child: ChildCall = { childId, workflow: workflow as Workflow, input, ledger };
    const output = await attempt.task(step, () => attempt.run.execution.services.callChild(attempt, child), {
      done: (value) => ({
        type: 'step-end',
        ...key,
        ...(value === undefined ? {} : { value: value as Json }),
        ...child.marks,
        ...(Object.values(ledger.spent).some((amount) => amount > 0) ? { spent: { ...ledger.spent } } : {}),
      }),
    });
    return output as O;
  }

  waitFor<T>(name: string, schema: SchemaSource<T>, options: WaitOptions = {}): Promise<T> {
    return tended(whileLoaded(this.#attempt.run.execution, this.#waitFor(name, schema, options)));
  }

  async #waitFor<T>(name: string, schema: SchemaSource<T>, options: WaitOptions): Promise<T> {
    const attempt = this.#attempt;
    const checked = await readSchema(schema, { node: attempt.node });
    const step = attempt.claim(`signal:${name}`);
    const request = toPlain(options.request, { node: attempt.node, what: `the request of ctx.waitFor('${name}')` });
    const value = await suspend(attempt, {
      step,
      attempt: 0,
      signal: name,
      schema: checked,
      ...(request === undefined ? {} : { request }),
      ...(options.timeout === undefined
        ? {}
        : { delay: milliseconds(options.timeout, `the timeout of ctx.waitFor('${name}')`) }),
    });
    return value as T;
  }

  sleep(duration: Duration): Promise<void> {
    return tended(whileLoaded(this.#attempt.run.execution, this.#sleep(duration)));
  }

  async #sleep(duration: Duration): Promise<void> {
    const attempt = this.#attempt;
    const step = `sleep[${attempt.count('sleep')}]`;
    await suspend(attempt, { step, attempt: attempt.attempt, delay: milliseconds(duration, 'ctx.sleep') });
  }

  now(): number {
    return this.#reading('now', () => this.#attempt.run.execution.engine.now());
  }

  random(): number {
    return this.#reading('random', () => this.#attempt.run.random());
  }

  uuid(): string {
    return this.#reading('uuid', () => this.#attempt.run.execution.services.uuid());
  }

  /** Reads the outside world once; a replay reads the record. */
  #reading<T extends Json>(kind: string, read: () => T): T {
    const attempt = this.#attempt;
    attempt.assertOpen();
    const { execution } = attempt.run;
    const key = { node: attempt.node, attempt: attempt.attempt, step: `${kind}[${attempt.count(kind)}]` };
    const recorded = execution.engine.history?.step(key);
    if (recorded !== undefined) return recorded.value as T;
    const value = read();
    execution.note({ type: 'step-end', ...key, value });
    return value;
  }
}

/** @throws call-undeclared, calls-exceeded */
function checkCall(attempt: Attempt, workflow: Workflow): void {
  const { node, run } = attempt;
  const { className, calls } = run.compiled.agent.definition;
  const declared = calls.find((one) => one.workflow === workflow);
  const where = { node, class: className };
  if (declared === undefined) {
    const message = `Node '${node}' (${className}) called workflow '${workflow.name}', which it does not declare.`;
    const hint = `Write @Calls(workflow, { max: 10 }) above class ${className}, with workflow '${workflow.name}'.`;
    throw new EspalierError('call-undeclared', message, { hint, where });
  }
  if (attempt.count(`calls of ${workflow.name}@${workflow.version}`) <= declared.max) return;
  throw new EspalierError(
    'calls-exceeded',
    `Node '${node}' called workflow '${workflow.name}' ${declared.max} times in one attempt and asked for another.`,
    { hint: `Write @Calls(workflow, { max: ${declared.max * 2} }), or call it less often.`, where },
  );
}
