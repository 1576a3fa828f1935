import type { LanguageModelV4FinishReason } from '@ai-sdk/provider';
import { type FinishReason, httpModelError } from '@espalier/core';

/**
 * Why the model stopped. The AI SDK calls a refusal a content filter: the provider's own word tells them apart, as
 * filters give their name.
 * @throws model-response-malformed, model-connection for an answer that broke off: both are worth another attempt
 */
export function toFinishReason(
  { unified, raw }: LanguageModelV4FinishReason,
  hasToolCalls: boolean,
  model: string,
): FinishReason {
  switch (unified) {
    case 'content-filter':
      return raw === undefined || /^(?:refusal|stop|completed)$/.test(raw) ? 'refusal' : 'content-filter';
    case 'error':
      throw httpModelError({
        model,
        code: 'model-response-malformed',
        message: `the provider ended its answer with an error${raw === undefined ? '' : `: ${raw}`}`,
      });
    case 'interrupted':
      throw httpModelError({ model, code: 'model-connection', message: 'the answer broke off' });
    case 'stop':
    case 'tool-calls':
      return hasToolCalls ? 'tool-calls' : 'stop';
    case 'length':
      return 'length';
    default:
      return 'other';
  }
}
