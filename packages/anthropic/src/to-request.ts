import type { Anthropic } from '@anthropic-ai/sdk';
import { type ChatRequest, type LoweredSchema, mergeBody } from '@espalier/core';
import { traitsOf } from './model-traits.js';
import { withPromptCache } from './prompt-cache.js';
import { PROVIDER } from './provider-data.js';
import { strictSchema } from './schema.js';
import { thinkingOf } from './thinking.js';
import { ThinkingTrail } from './thinking-trail.js';
import { toMessages } from './to-messages.js';
import { choiceOf, toTools } from './to-tools.js';

/** What the program has set for all requests of a model. */
export interface RequestOptions {
  readonly maxOutputTokens?: number | undefined;
  readonly strictTools?: boolean | undefined;
}

export type Params = Anthropic.MessageCreateParamsNonStreaming;

/** A request in Anthropic's form, and what brings the answer back into the program's. */
export interface WireRequest {
  readonly params: Params;
  readonly output?: LoweredSchema;
  /** By name of the tool. */
  readonly tools: ReadonlyMap<string, LoweredSchema>;
  /** Stands for all that the answer is written after, where the model's thinking is bound to it. */
  readonly mark?: string;
}

/**
 * Nothing is added that neither the request nor Anthropic's API asks for. `temperature`, `topP` and `seed` are left out:
 * the API has none of them, and refuses the first two since its version 2026-10-21.
 */
export function toRequest(request: ChatRequest, model: string, options: RequestOptions = {}): WireRequest {
  const { settings = {}, tools = [], toolChoice } = request;
  const traits = traitsOf(model);
  const max_tokens = settings.maxOutputTokens ?? options.maxOutputTokens ?? traits.maxTokens;
  const { thinking, effort } = thinkingOf(settings.reasoning, model, max_tokens);
  const output = request.output === undefined ? undefined : strictSchema(request.output.schema);
  const { sent, lowered } = toTools(tools, options.strictTools !== false, request.output?.schema);
  const own = settings.providers?.[PROVIDER];
  const { system, messages, mark } = toMessages(
    request.messages,
    model,
    traits.boundThinking === true
      ? (texts) => new ThinkingTrail(model, [texts, sent, own?.system, own?.tools])
      : undefined,
  );
  const choice = choiceOf(tools, toolChoice, settings.parallelToolCalls);
  const config = {
    ...(effort === undefined ? {} : { effort }),
    ...(output === undefined ? {} : { format: { type: 'json_schema' as const, schema: { ...output.schema } } }),
  };
  const params: Params = {
    model,
    max_tokens,
    ...(system.length === 0 ? {} : { system: system.map((text) => ({ type: 'text' as const, text })) }),
    messages: [...messages],
    ...(sent.length === 0 ? {} : { tools: sent }),
    ...(choice === undefined ? {} : { tool_choice: choice }),
    ...(thinking === undefined ? {} : { thinking }),
    ...(Object.keys(config).length === 0 ? {} : { output_config: config }),
    ...(settings.stop === undefined ? {} : { stop_sequences: [...settings.stop] }),
  };
  return {
    params: mergeBody(settings.promptCache === true ? withPromptCache(params) : params, request, PROVIDER),
    tools: lowered,
    ...(output === undefined ? {} : { output }),
    ...(mark === undefined ? {} : { mark }),
  };
}
