import type { ChatChunk, ChatOptions, ChatRequest, ChatResponse } from '@espalier/core';
import type { OpenAIClient, Sending } from './client.js';
import type { ModelSetup } from './options.js';
import type { Shapes } from './shapes.js';

/** One of the two APIs. */
export interface WireApi {
  /** Asks for a whole answer. */
  ask(
    client: OpenAIClient,
    request: ChatRequest,
    shapes: Shapes,
    setup: ModelSetup,
    sending: Sending,
  ): { asResponse(): Promise<Response> };
  /** Reads a whole answer. @throws what the server tells as its failure; model-response-malformed */
  read(data: unknown, shapes: Shapes, setup: ModelSetup, requestId: string | undefined): ChatResponse;
  /** Chunks of the answer while it comes; returns it whole. Who stops reading aborts the request. */
  stream(
    client: OpenAIClient,
    request: ChatRequest,
    options: ChatOptions,
    setup: ModelSetup,
  ): AsyncGenerator<ChatChunk, ChatResponse, undefined>;
}
