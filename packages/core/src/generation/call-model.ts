import { describeValue, EspalierError, serializeError } from '../errors/espalier-error.js';
import type { ChatRequest, ChatResponse } from '../model/chat-model.js';
import type { ModelFailure } from '../model/fallback-models.js';
import { textOf } from '../model/message.js';
import type { CompiledModel, ModelCandidate } from './compiled-model.js';
import { isFinalError } from './final-error.js';
import type { GenerationScope } from './generation-scope.js';
import { modelError } from './model-error.js';
import { type AnswerOptions, requestAnswer } from './request-answer.js';
import { type ModelReservation, reserveModelCall } from './reserve-model-call.js';
import { underPolicies } from './under-policies.js';

/**
 * Asks a model, or those that stand in for each other in their order. Each call is a step of its own, `step`, `step~2`, …
 * so that a replay takes the same way. Once text has been shown, no other model is asked.
 */
export async function callModel(
  scope: GenerationScope,
  { candidates, when }: CompiledModel,
  step: string,
  request: ChatRequest,
  onText: AnswerOptions['onText'],
): Promise<ChatResponse> {
  let shown = false;
  const show =
    onText === undefined
      ? undefined
      : (text: string): Promise<void> => {
          shown ||= text !== '';
          return onText(text);
        };
  for (let index = 0; ; index++) {
    try {
      const own = index === 0 ? step : `${step}~${index + 1}`;
      return await callCandidate(scope, candidates[index] as ModelCandidate, own, request, show);
    } catch (error) {
      if (index === candidates.length - 1 || shown || isFinalError(error, scope.node)) throw error;
      scope.assertOpen();
      if (!ask(when, error as ModelFailure, scope.node)) throw error;
    }
  }
}

/** @throws condition-failed */
function ask(when: CompiledModel['when'], failure: ModelFailure, node: string): boolean {
  try {
    return when(failure);
  } catch (cause) {
    const message = cause instanceof Error ? cause.message : describeValue(cause);
    throw new EspalierError('condition-failed', `fallbackModels({ when }) of node '${node}' threw: ${message}`, {
      where: { node },
      cause,
    });
  }
}

/**
 * One recorded model call: counted, budgeted, and on record before anything sees its answer. What is on record was
 * counted when the run was taken over.
 */
async function callCandidate(
  scope: GenerationScope,
  candidate: ModelCandidate,
  step: string,
  request: ChatRequest,
  onText: AnswerOptions['onText'],
): Promise<ChatResponse> {
  if (scope.recorded(step)) {
    scope.countModelCall(true);
    const response = await scope.task<ChatResponse>(step, neverPerformed, { done: neverRecorded });
    await onText?.(textOf(response.message));
    return response;
  }
  scope.assertOpen();
  const key = { node: scope.node, attempt: scope.attempt, step };
  const reserved = reserveModelCall(scope.ledger, request, candidate.model.price);
  // A model that ignores its signal must not keep its reservation when the attempt is over.
  const forget = scope.onClose(() => reserved.failed());
  try {
    scope.countModelCall(false); // only now: a call that no budget allows is none
    await scope.record({ type: 'model-start', ...key, model: candidate.model.name, request: reserved.request });
    return await scope.task<ChatResponse>(step, () => perform(scope, candidate, reserved, { step, onText }), {
      done: (value) => ({ type: 'model-end', ...key, value }),
      failed: (error) => ({ type: 'model-end', ...key, error: serializeError(error) }),
    });
  } finally {
    forget();
    reserved.release();
  }
}

/** The call itself. What it used is charged even when nobody waits for the answer any more. */
async function perform(
  scope: GenerationScope,
  { model, policies }: ModelCandidate,
  reserved: ModelReservation,
  options: Omit<AnswerOptions, 'signal'>,
): Promise<ChatResponse> {
  const { request } = reserved;
  let asked = false;
  const ask = async (signal: AbortSignal): Promise<ChatResponse> => {
    asked = true;
    const response = await requestAnswer(scope, model, request, { ...options, signal });
    scope.spend(response.usage);
    reserved.settle(response.usage);
    return response;
  };
  try {
    if (policies.length === 0) return await withOwnSignal(scope, ask);
    return await underPolicies<ChatResponse>(scope, policies, scope.toolEnv(model.name, [request]), (subscriber) => {
      const over = new AbortController();
      ask(AbortSignal.any([scope.signal, over.signal])).then(
        (response) => {
          subscriber.next(response);
          subscriber.complete();
        },
        (error: unknown) => subscriber.error(error),
      );
      return () => over.abort(new EspalierError('run-cancelled', 'The model call is over.'));
    });
  } catch (error) {
    if (asked) reserved.failed();
    throw modelError(error, { node: scope.node, model: model.name });
  }
}

/**
 * A call has a signal of its own, which follows the attempt's until the answer is there. Clients listen to the signal
 * that they were given for long after that: at the end of the attempt each would abort what has long come. The signal
 * of a stream is its own already.
 */
async function withOwnSignal<T>(scope: GenerationScope, ask: (signal: AbortSignal) => Promise<T>): Promise<T> {
  if (scope.onText !== undefined) return await ask(scope.signal);
  const over = new AbortController();
  const forget = scope.onClose(() => over.abort(scope.overReason()));
  try {
    return await ask(over.signal);
  } finally {
    forget();
  }
}

const neverPerformed = (): never => {
  throw new Error('a recorded step was performed');
};
const neverRecorded = neverPerformed as () => never;
