import type { NodeEngine, StepKey } from '../engine/engine.js';
import { EspalierError, serializeError } from '../errors/espalier-error.js';
import type { NodeResumeEvent, NodeSuspendEvent } from '../events/event.js';
import type { Attempt } from '../execution/attempt.js';
import type { Answer } from '../journal/journal.js';
import type { Json } from '../schema/json.js';
import { toPlain } from '../schema/plain.js';
import type { SchemaOf } from '../schema/schema.js';
import { learn, type Marks } from '../sensitive/learn.js';
import { invalidAnswer } from './signal-run.js';

export interface Wait {
  readonly step: string;
  /** 0: for the node as a whole, so that an answer counts for all its attempts. */
  readonly attempt: number;
  readonly signal?: string;
  /** Checks the answer when it is given. */
  readonly schema?: SchemaOf;
  readonly request?: Json;
  /** Those of the request. */
  readonly marks?: Marks;
  /** In milliseconds. */
  readonly delay?: number;
}

/**
 * Suspends a node until a signal or a time. The node holds no slot meanwhile; it takes one again to go on.
 *
 * W1 What is on record is not waited for again.
 * W2 The wait is recorded before it begins, its end before the node goes on.
 * W3 Nothing is left behind when the wait or the attempt is over.
 * W4 An answer that was taken counts: a time that is up competes with answers for the one place in the journal.
 */
export function suspend(attempt: Attempt, wait: Wait): Promise<Json | undefined> {
  attempt.assertOpen();
  const { execution, holder } = attempt.run;
  const { engine } = execution;
  // What it waited for before it began anew under another version was another question.
  const step = wait.step + execution.suffixOf(attempt.node);
  const key = { node: attempt.node, attempt: wait.attempt, step };
  const recorded = engine.history?.step(key) as NodeResumeEvent | undefined;
  if (recorded !== undefined) {
    engine.compare?.({ type: 'node-suspend', ...key, ...asked(wait) });
    return resumed(engine, key);
  }
  const before = engine.history?.suspension(key);
  const until =
    before === undefined ? (wait.delay === undefined ? undefined : engine.now() + wait.delay) : before.until;
  if (before === undefined) {
    execution.note({
      type: 'node-suspend',
      ...key,
      ...asked(wait),
      ...wait.marks,
      ...(until === undefined ? {} : { until }),
    });
  }
  return new Promise((resolve, reject) => {
    let cancelTimer: (() => void) | undefined;
    let cancelSignal: (() => void) | undefined;
    let leaveQueue: (() => void) | undefined;
    let waiting = true;
    const stop = (): void => {
      waiting = false;
      cancelTimer?.();
      cancelSignal?.();
      execution.suspensions.forget(key);
    };
    const forget = attempt.onClose(() => {
      stop();
      if (leaveQueue === undefined) execution.endWait(holder);
      else leaveQueue();
      reject(attempt.overReason());
    });
    const goOn = ({ value, by }: Given, error?: EspalierError): void => {
      if (!waiting) return;
      stop();
      const resume = async (): Promise<void> => {
        forget();
        await engine.record({
          type: 'node-resume',
          ...key,
          ...(value === undefined ? {} : { value, ...learn(engine, wait.schema, value, ['value']) }),
          ...(by === undefined ? {} : { by }),
          ...(error === undefined ? {} : { error: serializeError(error) }),
        });
        if (error === undefined) resolve(value);
        else reject(error);
      };
      execution.endWait(holder);
      leaveQueue = execution.whenSlot(holder, () => void resume().catch(reject));
    };
    // Before the run is told to rest: whoever hears of it can answer at once.
    const { signal, schema, request } = wait;
    execution.suspensions.remember({ ...key, signal, schema, request, until });
    execution.beginWait(holder);
    if (wait.signal !== undefined) {
      const broke = (error: unknown): void => execution.broke(error);
      cancelSignal = engine.signal(
        key,
        (answer) => {
          if (answer.timedOut) goOn(answer, timedOut(attempt.node, signal as string));
          else if (!execution.checksAnswers || schema === undefined) goOn(answer);
          else checked(attempt, wait, schema, answer).then(({ given, error }) => goOn(given, error), broke);
        },
        broke,
      );
    }
    // An answer that was given before the restart has ended the wait already.
    if (until !== undefined && waiting) {
      cancelTimer = engine.timer(until, () => {
        if (signal === undefined) goOn({});
        else void expire(engine, key).catch((error: unknown) => execution.broke(error));
      });
    }
  });
}

async function expire(engine: NodeEngine, key: StepKey): Promise<void> {
  await engine.expire(key);
}

const asked = ({ signal, request }: Wait): Pick<NodeSuspendEvent, 'signal' | 'request'> => ({
  ...(signal === undefined ? {} : { signal }),
  ...(request === undefined ? {} : { request }),
});

/** How a wait ended that is on record. */
async function resumed(engine: NodeEngine, key: StepKey): Promise<Json | undefined> {
  return engine.task<Json | undefined>(key, neverPerformed, { done: neverPerformed });
}

const neverPerformed = (): never => {
  throw new Error('a recorded wait was begun');
};

/** An answer that nobody has looked at. */
async function checked(
  { runId, node }: Attempt,
  { signal = '' }: Wait,
  schema: SchemaOf,
  answer: Answer,
): Promise<{ readonly given: Given; readonly error?: EspalierError }> {
  const result = await schema.validate(answer.value);
  if (!result.valid) return { given: {}, error: invalidAnswer(runId, { node, signal }, result.issues) };
  return { given: { ...answer, value: toPlain(result.value, { node }) } };
}

/** What has ended a wait: an answer, or nothing but time. */
type Given = { readonly value?: Json | undefined; readonly by?: Json };

const timedOut = (node: string, signal: string): EspalierError =>
  new EspalierError('signal-timed-out', `Node '${node}' waited for '${signal}', and nobody answered in time.`, {
    where: { node },
  });
