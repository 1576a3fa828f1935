import { EspalierError, serializeError } from '../errors/espalier-error.js';
import type { ChatModel, ChatOptions, ChatRequest, ChatResponse } from '../model/chat-model.js';
import { textOf } from '../model/message.js';
import type { GenerationScope } from './generation-scope.js';
import { modelError } from './model-error.js';
import { partialResponse, readResponse } from './read-response.js';
import { type ModelReservation, reserveModelCall } from './reserve-model-call.js';

/**
 * One recorded model call: counted, budgeted, and on record before anything sees its answer. What is on record was
 * counted when the run was taken over.
 */
export async function callModel(
  scope: GenerationScope,
  model: ChatModel,
  step: string,
  request: ChatRequest,
): Promise<ChatResponse> {
  if (scope.recorded(step)) {
    scope.countModelCall(true);
    const response = await scope.task<ChatResponse>(step, neverPerformed, { done: neverRecorded });
    await scope.onText?.(textOf(response.message));
    return response;
  }
  scope.assertOpen();
  const key = { node: scope.node, attempt: scope.attempt, step };
  const reserved = reserveModelCall(scope.ledger, request);
  // A model that ignores its signal must not keep its reservation when the attempt is over.
  const forget = scope.onClose(() => reserved.failed());
  try {
    scope.countModelCall(false); // only now: a call that no budget allows is none
    await scope.record({ type: 'model-start', ...key, model: model.name, request: reserved.request });
    return await scope.task<ChatResponse>(step, () => perform(scope, model, step, reserved), {
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
  model: ChatModel,
  step: string,
  reserved: ModelReservation,
): Promise<ChatResponse> {
  try {
    const response = await answer(scope, model, step, reserved.request);
    scope.spend(response.usage);
    reserved.settle(response.usage);
    return response;
  } catch (error) {
    reserved.failed();
    throw modelError(error, { node: scope.node, model: model.name });
  }
}

/** Streams where the model can and somebody reads; the answer is the same. */
async function answer(
  scope: GenerationScope,
  model: ChatModel,
  step: string,
  request: ChatRequest,
): Promise<ChatResponse> {
  const { signal } = scope;
  const idempotencyKey = `${scope.runId}/${scope.node}#${scope.attempt}/${step}`;
  const options: ChatOptions = { signal, idempotencyKey };
  const { onText } = scope;
  if (onText === undefined) return readResponse(await model.generate(request, options), model.name, request);
  const read = async (text: string): Promise<void> => {
    if (text === '') return;
    scope.emitText(step, text);
    await onText(text);
  };
  if (model.stream === undefined) {
    const response = readResponse(await model.generate(request, options), model.name, request);
    await read(textOf(response.message));
    return response;
  }
  let text = '';
  try {
    for await (const chunk of model.stream(request, options)) {
      if (signal.aborted) throw signal.reason;
      if (chunk.type === 'response') {
        const response = readResponse(chunk.response, model.name, request);
        if (text === '') await read(textOf(response.message));
        return response;
      }
      if (chunk.type !== 'text-delta') continue;
      text += chunk.text;
      await read(chunk.text);
      if (signal.aborted) throw signal.reason;
    }
  } catch (error) {
    // What the reader has seen is the answer: a replay gives it again, and the reader stops again.
    if (scope.stopped) return partialResponse(text, model.name, request);
    throw error;
  }
  throw new EspalierError('model-failed', `Model '${model.name}' ended its stream without an answer.`);
}

const neverPerformed = (): never => {
  throw new Error('a recorded step was performed');
};
const neverRecorded = neverPerformed as () => never;
