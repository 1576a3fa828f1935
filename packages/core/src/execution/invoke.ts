import type { Observable, TeardownLogic, Unsubscribable } from 'rxjs';
import { NodeContext } from '../context/node-context.js';
import { EspalierError } from '../errors/espalier-error.js';
import { generationOf } from '../generation/generation-of.js';
import { renderInputs } from '../generation/render-inputs.js';
import { isPromise } from '../journal/maybe-promise.js';
import { toPlain } from '../schema/plain.js';
import type { SchemaIssue, SchemaOf, SchemaResult } from '../schema/schema.js';
import { markEntry } from '../sensitive/thread-marks.js';
import type { ThreadSession } from '../thread/thread-session.js';
import type { ThreadEntry } from '../thread/thread-store.js';
import type { Attempt } from './attempt.js';
import type { RunScope } from './run-scope.js';

/** Takes one output, or an error. A subscriber is one. */
export interface AttemptObserver {
  next(value: unknown): void;
  error(error: unknown): void;
  complete(): void;
  add(teardown: TeardownLogic): void;
}

/** Calls the agent once and gives its checked output to the subscriber. What is at hand is given at once. */
export function invoke(attempt: Attempt, subscriber: AttemptObserver): void {
  try {
    const result = call(attempt);
    if (isPromise(result)) {
      result.then(
        (value) => give(attempt, value, subscriber),
        (error: unknown) => subscriber.error(error),
      );
    } else if (isObservable(result)) {
      let last: unknown;
      const subscription = result.subscribe({
        next: (value) => {
          last = value;
        },
        error: (error: unknown) => subscriber.error(error),
        complete: () => give(attempt, last, subscriber),
      });
      subscriber.add(() => leave(subscription));
    } else {
      give(attempt, result, subscriber);
    }
  } catch (error) {
    subscriber.error(error);
  }
}

/** A teardown of the agent's own that throws harms nobody: the attempt is over, and the others must end too. */
function leave(subscription: Unsubscribable): void {
  try {
    subscription.unsubscribe();
  } catch {
    // There is nobody left to tell.
  }
}

function call(attempt: Attempt): unknown {
  const { compiled, args } = attempt.run;
  const { instance, run } = compiled.agent;
  if (run !== undefined) return run.apply(instance, [...args, new NodeContext(attempt)]);
  const inputs = args.map((value, index) => ({ name: attempt.run.inputNames[index] ?? `input-${index + 1}`, value }));
  const { ask } = generationOf(compiled.agent);
  return ask.generateText(attempt, attempt.callName(undefined), renderInputs(inputs));
}

function give(attempt: Attempt, value: unknown, subscriber: AttemptObserver): void {
  const { output: schema, definition } = attempt.run.compiled.agent;
  try {
    const plain = toPlain(value, {
      node: attempt.run.path,
      what: `the output of ${definition.className}.run`,
      learner: attempt.learner,
    });
    const checked = schema === undefined ? undefined : schema.validate(plain);
    if (checked === undefined) {
      finish(attempt, plain, subscriber);
    } else if (isPromise(checked)) {
      checked.then(
        (result) => giveChecked(attempt, schema as SchemaOf, result, subscriber),
        (error: unknown) => subscriber.error(error),
      );
    } else {
      giveChecked(attempt, schema as SchemaOf, checked, subscriber);
    }
  } catch (error) {
    subscriber.error(error);
  }
}

/** What was said goes into the run's thread before anybody sees the output: a crash in between says it once. */
function finish(attempt: Attempt, output: unknown, subscriber: AttemptObserver): void {
  const { kept, thread } = attempt;
  if (kept === undefined || thread === undefined) {
    subscriber.next(output);
    subscriber.complete();
    return;
  }
  const { sensitive } = attempt.learner;
  const marked = kept.map((entry) => markEntry(entry, sensitive));
  keepInThread(attempt.run.execution, thread, marked).then(
    () => {
      subscriber.next(output);
      subscriber.complete();
    },
    (error: unknown) => subscriber.error(error),
  );
}

async function keepInThread(
  execution: RunScope,
  thread: ThreadSession,
  entries: readonly ThreadEntry[],
): Promise<void> {
  await execution.keepInThread(thread, entries);
}

function giveChecked(
  attempt: Attempt,
  schema: SchemaOf,
  result: SchemaResult<unknown>,
  subscriber: AttemptObserver,
): void {
  if (result.valid) {
    finish(attempt, toPlain(result.value, { node: attempt.run.path }), subscriber);
    return;
  }
  const [first] = result.issues as readonly [SchemaIssue];
  const { className } = attempt.run.compiled.agent.definition;
  subscriber.error(
    new EspalierError(
      'output-invalid',
      `The output of node '${attempt.run.path}' (${className}) is not a ${schema.name}: ${first.path}: ${first.message}.`,
      { where: { node: attempt.run.path, class: className, path: first.path }, details: { issues: result.issues } },
    ),
  );
}

/** Whether an agent gave an Observable, of which the last value counts. */
export const isObservable = (value: unknown): value is Observable<unknown> =>
  typeof value === 'object' && value !== null && typeof (value as { subscribe?: unknown }).subscribe === 'function';
