import type { ChatChunk, ChatOptions, ChatRequest, ChatResponse } from '@espalier/core';
import type { OpenAIClient } from './client.js';
import type { ModelSetup } from './options.js';

/** One of the two APIs: asks once. */
export interface WireApi {
  ask(client: OpenAIClient, request: ChatRequest, options: ChatOptions, setup: ModelSetup): Promise<ChatResponse>;
  /** Chunks of the answer while it comes; returns it whole. Who stops reading aborts the request. */
  stream(
    client: OpenAIClient,
    request: ChatRequest,
    options: ChatOptions,
    setup: ModelSetup,
  ): AsyncGenerator<ChatChunk, ChatResponse, undefined>;
}
