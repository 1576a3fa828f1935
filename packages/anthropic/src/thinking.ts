import type { Anthropic } from '@anthropic-ai/sdk';
import type { ReasoningEffort } from '@espalier/core';
import { type ModelTraits, traitsOf } from './model-traits.js';

type Params = Anthropic.MessageCreateParamsNonStreaming;

/** The least that Anthropic takes as a budget. */
const MIN_BUDGET = 1024;

/** Which part of `max_tokens` a model of the older kind may think. */
const shares: Readonly<Record<Exclude<ReasoningEffort, 'none'>, number>> = {
  low: 0.2,
  medium: 0.4,
  high: 0.6,
  max: 0.8,
};

/**
 * How hard the model thinks, in the words of the model that is asked. Without a setting nothing is sent: the model's own
 * default holds, which is to think since Claude 5. Whoever asks for thinking gets it to read, as a summary.
 */
export function thinkingOf(
  reasoning: ReasoningEffort | undefined,
  model: string,
  maxTokens: number,
): { readonly thinking?: Params['thinking']; readonly effort?: 'low' | 'medium' | 'high' | 'max' } {
  if (reasoning === undefined) return {};
  const { thinking } = traitsOf(model);
  if (reasoning === 'none') return withoutThinking(thinking);
  if (thinking !== 'budget') return { thinking: { type: 'adaptive', display: 'summarized' }, effort: reasoning };
  const budget_tokens = Math.max(MIN_BUDGET, Math.floor(maxTokens * shares[reasoning]));
  return { thinking: { type: 'enabled', budget_tokens } };
}

/** As little thinking as the model can be told to do. */
function withoutThinking(kind: ModelTraits['thinking']): ReturnType<typeof thinkingOf> {
  if (kind === 'always') return { effort: 'low' };
  if (kind === 'between-tools') return { thinking: { type: 'between_tools' } };
  return { thinking: { type: 'disabled' } };
}
