import type { LanguageModelV4 } from '@ai-sdk/provider';
import {
  type ChatChunk,
  type ChatModel,
  type ChatOptions,
  type ChatRequest,
  type ChatResponse,
  followSignal,
  heldBack,
  isHeldBack,
  type JsonSchema,
  type SchemaIssue,
} from '@espalier/core';
import { toModelError } from './errors.js';
import { type AiSdkOptions, checkOptions } from './options.js';
import { traitsOf } from './provider-traits.js';
import { checkSchema, sentSchemas } from './schema.js';
import { type AiSdkModel, readModel } from './specification.js';
import { StreamedAnswer } from './streamed-answer.js';
import { type CallSetup, toCallOptions } from './to-call-options.js';
import { type ResponseSetup, toResponse } from './to-response.js';
import { takeWarnings, toWarning } from './warnings.js';

/**
 * A language model of any AI SDK provider as a chat model.
 *
 * Models of the AI SDK's specifications `v4` (AI SDK 7) and `v3` (AI SDK 6) are taken. A call is one attempt; an abort
 * ends its HTTP request. Nothing is downloaded for it.
 *
 * @param model what the provider's function gives
 * @returns named `<provider>:<model id>`, such as `google.generative-ai:gemini-2.5-flash`
 * @throws option-invalid for what is no such model
 * @example
 * import { google } from '@ai-sdk/google';
 * const espalier = await createEspalier({ workflows, models: { default: aiSdk(google('gemini-2.5-flash')) } });
 * @since 0.1.0
 */
export function aiSdk(model: AiSdkModel, options: AiSdkOptions = {}): ChatModel {
  checkOptions(options);
  return new AiSdkChatModel(readModel(model), options);
}

class AiSdkChatModel implements ChatModel {
  readonly name: string;
  private readonly call: CallSetup;
  private readonly response: ResponseSetup;

  constructor(
    private readonly model: LanguageModelV4,
    options: AiSdkOptions,
  ) {
    const { provider, modelId } = model;
    this.name = `${provider}:${modelId}`;
    const traits = traitsOf(provider);
    const strict = options.strict ?? traits.strict;
    this.call = { model, traits, options, onWarning: takeWarnings(model, options.onWarning), strict };
    this.response = { provider, modelId, model: this.name, prices: options.prices ?? {}, strict };
  }

  checkSchema(schema: JsonSchema): readonly SchemaIssue[] {
    return checkSchema(schema, this.call.strict);
  }

  async generate(request: ChatRequest, { signal: outer, idempotencyKey }: ChatOptions): Promise<ChatResponse> {
    const { signal, release } = followSignal(outer);
    try {
      signal.throwIfAborted();
      const result = await this.model.doGenerate(await toCallOptions(request, { signal, idempotencyKey }, this.call));
      for (const warning of result.warnings) this.call.onWarning(toWarning(warning));
      return toResponse(result, request, this.response);
    } catch (error) {
      throw this.failure(error, outer);
    } finally {
      release();
    }
  }

  async *stream(request: ChatRequest, options: ChatOptions): AsyncGenerator<ChatChunk, void, void> {
    const { signal: outer, idempotencyKey } = options;
    const { signal, abort, release } = followSignal(outer);
    let answer: StreamedAnswer | undefined;
    let whole = false;
    try {
      signal.throwIfAborted();
      const result = await this.model.doStream(await toCallOptions(request, { signal, idempotencyKey }, this.call));
      const sent = sentSchemas(request, this.response.strict);
      answer = new StreamedAnswer(result, { model: this.name, signal, onWarning: this.call.onWarning });
      for (;;) {
        const { done, value } = await answer.read();
        signal.throwIfAborted();
        if (done) break;
        const chunk = answer.take(value);
        if (chunk !== undefined && !isHeldBack(chunk, sent)) yield chunk;
      }
      whole = true;
      const response = toResponse(answer.end(), request, this.response);
      yield* heldBack(response, sent);
      yield { type: 'response', response };
    } catch (error) {
      throw this.failure(error, outer);
    } finally {
      release();
      answer?.close();
      if (!whole) abort();
    }
  }

  /** An abort ends in its own reason, whatever the provider made of it. */
  private failure(error: unknown, signal: AbortSignal): unknown {
    return signal.aborted ? signal.reason : toModelError(error, this.name);
  }
}
