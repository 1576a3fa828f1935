import { EspalierError, serializeError } from '../errors/espalier-error.js';
import type { ChatModel, ChatRequest, ChatResponse } from '../model/chat-model.js';
import type { Reservation } from '../policies/budget-ledger.js';
import type { GenerationScope } from './generation-scope.js';

/** How many characters make a token, roughly: only for reservations, which are settled with the real count. */
const CHARACTERS_PER_TOKEN = 4;

/** One recorded model call: counted, budgeted, and on record before anything sees its answer. */
export async function callModel(
  scope: GenerationScope,
  model: ChatModel,
  step: string,
  request: ChatRequest,
): Promise<ChatResponse> {
  const key = { node: scope.node, attempt: scope.attempt, step };
  if (scope.recorded(step)) {
    scope.countModelCall();
    const response = await scope.task<ChatResponse>(step, neverPerformed, { done: neverRecorded });
    settle(scope, undefined, response);
    return response;
  }
  const { reservation, limited } = reserve(scope, request);
  try {
    scope.countModelCall(); // only now: a call that no budget allows is none
    await scope.record({ type: 'model-start', ...key, model: model.name, request: limited });
    const response = await scope.task<ChatResponse>(step, () => perform(scope, model, step, limited), {
      done: (value) => ({ type: 'model-end', ...key, value }),
      failed: (error) => ({ type: 'model-end', ...key, error: serializeError(error) }),
    });
    settle(scope, reservation, response);
    return response;
  } finally {
    reservation?.release();
  }
}

async function perform(
  scope: GenerationScope,
  model: ChatModel,
  step: string,
  request: ChatRequest,
): Promise<ChatResponse> {
  try {
    return await answer(scope, model, step, request);
  } catch (error) {
    throw asModelError(scope, model, error);
  }
}

/** Streams where the model can and somebody listens to tokens; the answer is the same. */
async function answer(
  scope: GenerationScope,
  model: ChatModel,
  step: string,
  request: ChatRequest,
): Promise<ChatResponse> {
  const options = { signal: scope.signal, idempotencyKey: `${scope.runId}/${scope.node}/${step}` };
  if (scope.onText === undefined || model.stream === undefined) {
    const response = await model.generate(request, options);
    return response;
  }
  for await (const chunk of model.stream(request, options)) {
    if (chunk.type === 'response') return chunk.response;
    if (chunk.type === 'text-delta') {
      scope.emitText(step, chunk.text);
      await scope.onText(chunk.text);
    }
  }
  throw new EspalierError('model-failed', `Model '${model.name}' ended its stream without an answer.`);
}

/** What the request may use at the most, set aside; the answer's length is limited to what the budget leaves. */
function reserve(
  scope: GenerationScope,
  request: ChatRequest,
): { readonly reservation: Reservation | undefined; readonly limited: ChatRequest } {
  const { ledger } = scope;
  if (ledger === undefined) return { reservation: undefined, limited: request };
  const left = ledger.remaining('tokens');
  if (left === Number.POSITIVE_INFINITY) return { reservation: ledger.reserve({ modelCalls: 1 }), limited: request };
  const input = Math.ceil(JSON.stringify(request).length / CHARACTERS_PER_TOKEN);
  const output = Math.min(request.settings?.maxOutputTokens ?? Number.POSITIVE_INFINITY, Math.max(1, left - input));
  const reservation = ledger.reserve({ modelCalls: 1, tokens: input + output });
  return { reservation, limited: { ...request, settings: { ...request.settings, maxOutputTokens: output } } };
}

function settle(scope: GenerationScope, reservation: Reservation | undefined, { usage }: ChatResponse): void {
  scope.spend(usage);
  const used = { modelCalls: 1, tokens: usage.inputTokens + usage.outputTokens, cost: usage.cost ?? 0 };
  if (reservation === undefined) scope.ledger?.charge(used);
  else reservation.settle(used);
}

/** Errors that carry a code of their own pass; others become `model-failed`. */
function asModelError({ node }: GenerationScope, model: ChatModel, error: unknown): unknown {
  if (EspalierError.is(error)) return error;
  const { code, retryable } = error as { code?: unknown; retryable?: unknown };
  if (typeof code === 'string' && typeof retryable === 'boolean') return error;
  const message = error instanceof Error ? error.message : String(error);
  return new EspalierError('model-failed', `Model '${model.name}' failed: ${message}`, {
    where: { node },
    cause: error,
  });
}

const neverPerformed = (): never => {
  throw new Error('a recorded step was performed');
};
const neverRecorded = neverPerformed as () => never;
