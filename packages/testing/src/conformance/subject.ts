import assert from 'node:assert/strict';
import type { ChatChunk, ChatModel, ChatOptions, ChatRequest, ChatResponse } from '@espalier/core';
import { checkChunks } from './check-chunks.js';
import { checkFailure } from './check-failure.js';
import { checkResponse } from './check-response.js';
import type { Mode, ModelFailure } from './conformance-case.js';
import { within } from './within.js';

export interface Asking {
  /** @default one that never aborts */
  readonly signal?: AbortSignal;
  /** @default 'conformance-key' */
  readonly idempotencyKey?: string;
}

/** The model under test, and what its tests say to it. */
export interface Subject {
  readonly model: ChatModel;
  readonly patience: number;
  readonly secrets: readonly string[];
}

const optionsOf = ({ signal, idempotencyKey }: Asking = {}): ChatOptions => ({
  signal: signal ?? new AbortController().signal,
  idempotencyKey: idempotencyKey ?? 'conformance-key',
});

/** The model's stream. @throws where the model has none */
export function streamOf(model: ChatModel, request: ChatRequest, asking?: Asking): AsyncIterable<ChatChunk> {
  assert.ok(model.stream !== undefined, 'The model has no stream(): skip the tests of streams, or give it one.');
  return model.stream(request, optionsOf(asking));
}

/** One whole answer, by either method. */
export async function ask(subject: Subject, mode: Mode, request: ChatRequest, asking?: Asking): Promise<ChatResponse> {
  const { patience, model } = subject;
  return within(patience, 'the answer of the model', mode === 'generate' ? whole(model) : streamed(model));

  async function whole(asked: ChatModel): Promise<ChatResponse> {
    const response = await asked.generate(request, optionsOf(asking));
    checkResponse(response);
    return response;
  }
  async function streamed(asked: ChatModel): Promise<ChatResponse> {
    const chunks: ChatChunk[] = [];
    for await (const chunk of streamOf(asked, request, asking)) chunks.push(chunk);
    return checkChunks(chunks, request.output !== undefined);
  }
}

/** The error of one call that must fail. */
export async function fail(subject: Subject, mode: Mode, request: ChatRequest, asking?: Asking): Promise<ModelFailure> {
  let response: ChatResponse;
  try {
    response = await ask(subject, mode, request, asking);
  } catch (error) {
    return checkFailure(error, subject.secrets);
  }
  return assert.fail(`Expected an error, got the answer ${JSON.stringify(response)}`);
}
