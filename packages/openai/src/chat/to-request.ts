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
  const body: ChatBody = { model: setup.model, messages: toMessages(request, shapes, setup) };
  if (reasoning !== undefined && (reasoning !== 'none' || setup.reasoning)) {
    body.reasoning_effort = effortOf(reasoning, setup.model) as 'low';
  }
  if (tools.length > 0) {
    addTools(body, tools, request.toolChoice, shapes, setup);
    if (parallelToolCalls !== undefined && setup.parallelToolCalls) body.parallel_tool_calls = parallelToolCalls;
  }
  if (output !== undefined) addFormat(body, output, shapes, setup);
  if (temperature !== undefined) body.temperature = temperature;
  if (topP !== undefined) body.top_p = topP;
  if (seed !== undefined) body.seed = seed;
  if (stop !== undefined && stop.length > 0) body.stop = [...stop];
  if (maxOutputTokens !== undefined) body[setup.maxTokensField] = maxOutputTokens;
  if (promptCache === true && !setup.compatible) body.prompt_cache_key = cacheKey(request);
  return mergeBody(body, request, setup.name);
}

function addTools(
  body: ChatBody,
  tools: readonly ToolDefinition[],
  choice: ToolChoice | undefined,
  shapes: Shapes,
  { strict }: ModelSetup,
): void {
  body.tools = tools.map(({ name, description, parameters }) => {
    const own = { name, description, parameters: shapes.tools.get(name)?.schema ?? parameters };
    return { type: 'function', function: strict ? { ...own, strict } : own };
  });
  if (choice === undefined) return;
  body.tool_choice = typeof choice === 'string' ? choice : { type: 'function', function: { name: choice.tool } };
}

function addFormat(
  body: ChatBody,
  { name, schema }: NonNullable<ChatRequest['output']>,
  { output }: Shapes,
  { strict, structuredOutput }: ModelSetup,
): void {
  if (structuredOutput === 'instructions') return;
  if (structuredOutput === 'json-object') {
    body.response_format = { type: 'json_object' };
    return;
  }
  const own = { name: formatName(name), schema: output?.schema ?? schema };
  body.response_format = { type: 'json_schema', json_schema: strict ? { ...own, strict } : own };
}
