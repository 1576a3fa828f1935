import type { LanguageModelV4GenerateResult } from '@ai-sdk/provider';
import type { ChatRequest, ChatResponse, PriceTable } from '@espalier/core';
import { requestIdOf } from './errors.js';
import { restoreParts } from './schema.js';
import { settleAnswer } from './settle-answer.js';
import { toFinishReason } from './to-finish-reason.js';
import { type Origin, toPart } from './to-parts.js';
import { toUsage } from './to-usage.js';

/** What of an answer counts: the same whether it came whole or in pieces. */
export type Answer = Pick<
  LanguageModelV4GenerateResult,
  'content' | 'finishReason' | 'usage' | 'response' | 'structuredOutputText'
>;

export interface ResponseSetup extends Origin {
  readonly modelId: string;
  readonly prices: PriceTable;
  /** Whether schemas went out strict: what comes back has their shape. */
  readonly strict: boolean;
}

/** An answer of the AI SDK as one of ours. */
export function toResponse(answer: Answer, request: ChatRequest, setup: ResponseSetup): ChatResponse {
  const { modelId, prices, model, strict } = setup;
  const { response = {} } = answer;
  const parts = answer.content.map((content) => toPart(content, setup)).filter((part) => part !== undefined);
  const hasToolCalls = parts.some((part) => part.type === 'tool-call');
  const finishReason = toFinishReason(answer.finishReason, hasToolCalls, model);
  const content = request.output === undefined ? parts : settleAnswer(parts, setup, answer.structuredOutputText);
  const answered = response.modelId ?? modelId;
  const requestId = requestIdOf(response.headers) ?? response.id;
  return {
    message: { role: 'assistant', content: restoreParts(content, request, strict) },
    finishReason,
    usage: toUsage(answer.usage, [answered, modelId], prices),
    model: answered,
    ...(requestId === undefined ? {} : { requestId }),
  };
}
