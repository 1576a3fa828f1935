import { type ChatRequest, mergeBody, type ToolChoice, type ToolDefinition } from '@espalier/core';
import type { ChatCompletionCreateParamsNonStreaming } from 'openai/resources/chat/completions';
import { cacheKey } from '../cache-key.js';
import { effortOf } from '../model-traits.js';
import type { ModelSetup } from '../options.js';
import { formatName } from '../schema.js';
import type { Shapes } from '../shapes.js';
import { toMessages } from './to-messages.js';

export type ChatBody = ChatCompletionCreateParamsNonStreaming;

/** A request of the Chat Completions API, without a parameter that nobody asked for: many servers know few of them. */
export function toChatRequest(request: ChatRequest, shapes: Shapes, setup: ModelSetup): ChatBody {
  const { output, tools = [], settings = {} } = request;
  const { temperature, topP, seed, stop, maxOutputTokens, parallelToolCalls, promptCache, reasoning } = settings;
  const body: ChatBody = {
    model: setup.model,
    messages: toMessages(request, shapes, setup),
    ...(reasoning === undefined || (reasoning === 'none' && !setup.reasoning)
      ? {}
      : { reasoning_effort: effortOf(reasoning, setup.model) as 'low' }),
    ...(tools.length === 0 ? {} : toolsOf(tools, request.toolChoice, shapes, setup)),
    ...(tools.length === 0 || parallelToolCalls === undefined || !setup.parallelToolCalls
      ? {}
      : { parallel_tool_calls: parallelToolCalls }),
    ...(output === undefined ? {} : formatOf(output, shapes, setup)),
    ...(temperature === undefined ? {} : { temperature }),
    ...(topP === undefined ? {} : { top_p: topP }),
    ...(seed === undefined ? {} : { seed }),
    ...(stop === undefined || stop.length === 0 ? {} : { stop: [...stop] }),
    ...(maxOutputTokens === undefined ? {} : { [setup.maxTokensField]: maxOutputTokens }),
    ...(promptCache === true && !setup.compatible ? { prompt_cache_key: cacheKey(request) } : {}),
  };
  return mergeBody(body, request, setup.name);
}

function toolsOf(
  tools: readonly ToolDefinition[],
  choice: ToolChoice | undefined,
  shapes: Shapes,
  { strict }: ModelSetup,
): Partial<ChatBody> {
  const functions = tools.map(({ name, description, parameters }) => ({
    type: 'function' as const,
    function: {
      name,
      description,
      parameters: { ...(shapes.tools.get(name)?.schema ?? parameters) },
      ...(strict ? { strict } : {}),
    },
  }));
  if (choice === undefined) return { tools: functions };
  const named = typeof choice === 'string' ? choice : { type: 'function' as const, function: { name: choice.tool } };
  return { tools: functions, tool_choice: named };
}

function formatOf(
  { name, schema }: NonNullable<ChatRequest['output']>,
  { output }: Shapes,
  { strict, structuredOutput }: ModelSetup,
): Partial<ChatBody> {
  if (structuredOutput === 'instructions') return {};
  if (structuredOutput === 'json-object') return { response_format: { type: 'json_object' } };
  const json_schema = {
    name: formatName(name),
    schema: { ...(output?.schema ?? schema) },
    ...(strict ? { strict } : {}),
  };
  return { response_format: { type: 'json_schema', json_schema } };
}
