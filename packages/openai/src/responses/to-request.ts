import { type ChatRequest, mergeBody, type ToolChoice, type ToolDefinition } from '@espalier/core';
import type { Responses } from 'openai/resources/responses/responses';
import { cacheKey } from '../cache-key.js';
import { effortOf } from '../model-traits.js';
import type { ModelSetup } from '../options.js';
import { formatName } from '../schema.js';
import type { Shapes } from '../shapes.js';
import { toInput } from './to-input.js';

export type ResponsesBody = Responses.ResponseCreateParamsNonStreaming;

/**
 * A request of the Responses API. Nothing of it is kept by OpenAI: what the model has to remember comes back to us, sealed.
 */
export function toResponsesRequest(request: ChatRequest, shapes: Shapes, setup: ModelSetup): ResponsesBody {
  const { output, tools = [], settings = {} } = request;
  const { temperature, topP, maxOutputTokens, parallelToolCalls, promptCache } = settings;
  const body: ResponsesBody = {
    model: setup.model,
    input: toInput(request, setup),
    store: false,
    ...(setup.reasoning ? { include: ['reasoning.encrypted_content'] } : {}),
    ...reasoningOf(request, setup),
    ...(tools.length === 0 ? {} : toolsOf(tools, request.toolChoice, shapes, setup)),
    ...(tools.length === 0 || parallelToolCalls === undefined || !setup.parallelToolCalls
      ? {}
      : { parallel_tool_calls: parallelToolCalls }),
    ...(output === undefined ? {} : { text: { format: formatOf(output, shapes, setup) } }),
    ...(temperature === undefined ? {} : { temperature }),
    ...(topP === undefined ? {} : { top_p: topP }),
    ...(maxOutputTokens === undefined ? {} : { max_output_tokens: maxOutputTokens }),
    ...(promptCache === true && !setup.compatible ? { prompt_cache_key: cacheKey(request) } : {}),
  };
  return mergeBody(body, request, setup.name, ['tools', 'include']);
}

/** A model that does not reason takes no setting for it: not even that it shall not. */
function reasoningOf(
  { settings }: ChatRequest,
  { model, reasoning, reasoningSummary }: ModelSetup,
): Partial<ResponsesBody> {
  const asked = settings?.reasoning;
  if (!reasoning && (asked === undefined || asked === 'none')) return {};
  const given = {
    ...(asked === undefined ? {} : { effort: effortOf(asked, model) as 'low' }),
    ...(reasoningSummary === undefined ? {} : { summary: reasoningSummary }),
  };
  return Object.keys(given).length === 0 ? {} : { reasoning: given };
}

function toolsOf(
  tools: readonly ToolDefinition[],
  choice: ToolChoice | undefined,
  shapes: Shapes,
  { strict }: ModelSetup,
): Partial<ResponsesBody> {
  const functions = tools.map(({ name, description, parameters }) => ({
    type: 'function' as const,
    name,
    description,
    parameters: { ...(shapes.tools.get(name)?.schema ?? parameters) },
    strict,
  }));
  if (choice === undefined) return { tools: functions };
  return {
    tools: functions,
    tool_choice: typeof choice === 'string' ? choice : { type: 'function', name: choice.tool },
  };
}

function formatOf({ name, schema }: NonNullable<ChatRequest['output']>, { output }: Shapes, { strict }: ModelSetup) {
  return { type: 'json_schema' as const, name: formatName(name), schema: { ...(output?.schema ?? schema) }, strict };
}
