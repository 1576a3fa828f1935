import { describeValue, EspalierError } from '../errors/espalier-error.js';
import type { ModelEndEvent } from '../events/event.js';
import { isPromise } from '../journal/maybe-promise.js';
import type { ChatRequest, ChatResponse } from '../model/chat-model.js';
import type { ModelFailure } from '../model/fallback-models.js';
import { textOf } from '../model/message.js';
import { type AnswerSchemas, requestMarks } from './answer-marks.js';
import type { CompiledModel, ModelCandidate } from './compiled-model.js';
import { isFinalError } from './final-error.js';
import type { GenerationScope } from './generation-scope.js';
import { ModelCall } from './model-call.js';
import type { OnText } from './request-answer.js';
import type { RequestDiary } from './request-diary.js';
import { reserveModelCall } from './reserve-model-call.js';

/** What is asked, who reads the answer while it comes, and what the journal has of it already. */
export interface ModelQuestion {
  readonly request: ChatRequest;
  /** Nothing where nobody reads. */
  readonly onText: OnText | undefined;
  readonly diary: RequestDiary;
  /** What is asked for, where parts of it are sensitive. */
  readonly schemas?: AnswerSchemas | undefined;
  /** Whether something of an answer was read. Told by the call. */
  shown: boolean;
}

/**
 * Asks a model, or those that stand in for each other in their order. Each call is a step of its own, `step`, `step~2`, …
 * so that a replay takes the same way. Once text has been shown, no other model is asked.
 */
export function callModel(
  scope: GenerationScope,
  model: CompiledModel,
  step: string,
  question: ModelQuestion,
): Promise<ChatResponse> {
  const [only] = model.candidates as readonly [ModelCandidate];
  return model.candidates.length === 1
    ? callCandidate(scope, only, step, question)
    : callInTurn(scope, model, step, question);
}

async function callInTurn(
  scope: GenerationScope,
  { candidates, when }: CompiledModel,
  step: string,
  question: ModelQuestion,
): Promise<ChatResponse> {
  for (let index = 0; ; index++) {
    try {
      const own = index === 0 ? step : `${step}~${index + 1}`;
      return await callCandidate(scope, candidates[index] as ModelCandidate, own, question);
    } catch (error) {
      if (index === candidates.length - 1 || question.shown || isFinalError(error, scope.node)) throw error;
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

/** One model call: its answer is on record before anything sees it. */
function callCandidate(
  scope: GenerationScope,
  candidate: ModelCandidate,
  step: string,
  question: ModelQuestion,
): Promise<ChatResponse> {
  const before = scope.recorded(step) as ModelEndEvent | undefined;
  if (before === undefined) return callNow(scope, candidate, step, question);
  const { node, attempt } = scope;
  const { name: model } = candidate.model;
  scope.compare({ type: 'model-start', node, attempt, step, model, request: question.request });
  return callBefore(scope, before, step, question);
}

/** A call that is on record: it was charged when the run was taken over. */
async function callBefore(
  scope: GenerationScope,
  before: ModelEndEvent,
  step: string,
  question: ModelQuestion,
): Promise<ChatResponse> {
  scope.countModelCall(true);
  question.shown ||= before.shown === true;
  const response = await scope.task<ChatResponse>(step, neverPerformed, { done: neverRecorded });
  await question.onText?.(textOf(response.message));
  return response;
}

async function callNow(
  scope: GenerationScope,
  candidate: ModelCandidate,
  step: string,
  question: ModelQuestion,
): Promise<ChatResponse> {
  scope.assertOpen();
  const { model } = candidate;
  const { onText, schemas, diary } = question;
  const reserved = reserveModelCall(scope.ledger, question.request, model.price);
  const call = new ModelCall(scope, candidate, reserved, { step, onText, schemas });
  const forget = scope.onClose(() => call.close());
  try {
    scope.countModelCall(false); // only now: a call that no budget allows is none
    const entry = diary.entry(scope.node, step, reserved.request);
    const marks = requestMarks(scope.learner, entry.request, schemas);
    const { node, attempt } = scope;
    const kept = scope.record({ ...entry, ...marks, type: 'model-start', node, attempt, step, model: model.name });
    if (isPromise(kept)) await kept;
    return await scope.task<ChatResponse>(step, () => call.perform(), call);
  } finally {
    question.shown ||= call.shown;
    forget();
    reserved.release();
  }
}

const neverPerformed = (): never => {
  throw new Error('a recorded step was performed');
};
const neverRecorded = neverPerformed as () => never;
