import type { Anthropic } from '@anthropic-ai/sdk';
import type { ChatRequest, Json, LoweredSchema, ToolChoice, ToolDefinition } from '@espalier/core';
import { traitsOf } from './model-traits.js';
import { withPromptCache } from './prompt-cache.js';
import { PROVIDER } from './provider-data.js';
import { openSchema, strictSchema } from './schema.js';
import { strictTools } from './strictness.js';
import { thinkingOf } from './thinking.js';
import { toMessages } from './to-messages.js';

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
}

/**
 * Nothing is added that neither the request nor Anthropic's API asks for. `temperature`, `topP` and `seed` are left out:
 * the API has none of them, and refuses the first two since its version 2026-10-21.
 */
export function toRequest(request: ChatRequest, model: string, options: RequestOptions = {}): WireRequest {
  const { settings = {}, tools = [], toolChoice } = request;
  const { system, messages } = toMessages(request.messages, model);
  const max_tokens = settings.maxOutputTokens ?? options.maxOutputTokens ?? traitsOf(model).maxTokens;
  const { thinking, effort } = thinkingOf(settings.reasoning, model, max_tokens);
  const output = request.output === undefined ? undefined : strictSchema(request.output.schema);
  const strict = options.strictTools === false ? new Set() : strictTools(tools, request.output?.schema);
  const lowered = new Map(
    tools.map((tool) => [tool.name, (strict.has(tool) ? strictSchema : openSchema)(tool.parameters)]),
  );
  const choice = choiceOf(tools, toolChoice, settings.parallelToolCalls);
  const format = output === undefined ? {} : { format: { type: 'json_schema' as const, schema: { ...output.schema } } };
  const params: Params = {
    model,
    max_tokens,
    ...(system.length === 0 ? {} : { system: system.map((text) => ({ type: 'text' as const, text })) }),
    messages: [...messages],
    ...(tools.length === 0
      ? {}
      : { tools: tools.map((tool) => toolOf(tool, lowered.get(tool.name) as LoweredSchema, strict.has(tool))) }),
    ...(choice === undefined ? {} : { tool_choice: choice }),
    ...(thinking === undefined ? {} : { thinking }),
    ...(output === undefined && effort === undefined
      ? {}
      : { output_config: { ...(effort === undefined ? {} : { effort }), ...format } }),
    ...(settings.stop === undefined ? {} : { stop_sequences: [...settings.stop] }),
  };
  const cached = settings.promptCache === true ? withPromptCache(params) : params;
  const asked = withOwnSettings(cached, settings.providers?.[PROVIDER]);
  return { params: asked, tools: lowered, ...(output === undefined ? {} : { output }) };
}

const toolOf = ({ name, description }: ToolDefinition, { schema }: LoweredSchema, strict: boolean): Anthropic.Tool => ({
  name,
  ...(description === '' ? {} : { description }),
  input_schema: { ...schema, type: 'object' } as Anthropic.Tool.InputSchema,
  ...(strict ? { strict } : {}),
});

/** What Anthropic does anyway is not sent. Without tools there is nothing to choose. */
function choiceOf(
  tools: readonly ToolDefinition[],
  choice: ToolChoice = 'auto',
  parallel: boolean | undefined,
): Anthropic.ToolChoice | undefined {
  if (tools.length === 0) return undefined;
  if (choice === 'none') return { type: 'none' };
  const one = parallel === false ? { disable_parallel_tool_use: true } : {};
  if (choice === 'auto') return parallel === false ? { type: 'auto', ...one } : undefined;
  if (choice === 'required') return { type: 'any', ...one };
  return { type: 'tool', name: choice.tool, ...one };
}

/**
 * What the program sets in Anthropic's own words. Objects are merged into those of the request (`output_config`), tools
 * are added to its tools, all else takes its place.
 */
function withOwnSettings(params: Params, own: Readonly<Record<string, Json>> | undefined): Params {
  if (own === undefined) return params;
  const merged: Record<string, unknown> = { ...params };
  for (const [key, value] of Object.entries(own)) {
    const known = merged[key];
    if (key === 'tools' && Array.isArray(known) && Array.isArray(value)) merged[key] = [...known, ...value];
    else merged[key] = isObject(known) && isObject(value) ? { ...known, ...value } : value;
  }
  return merged as unknown as Params;
}

const isObject = (value: unknown): value is object =>
  typeof value === 'object' && value !== null && !Array.isArray(value);
