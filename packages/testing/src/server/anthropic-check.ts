import { checkConversation } from './anthropic-conversation.js';
import { checkToolNames, isBody, listOf, refuse, textIn } from './checks.js';
import type { Body, Memory } from './provider-api.js';
import { anthropicRules } from './strict-rules.js';
import { checkStrictSchema } from './strict-schema.js';

const known = new Set(
  `max_tokens messages model cache_control container diagnostics inference_geo metadata output_config service_tier speed
  stop_sequences stream system temperature thinking tool_choice tools top_k top_p user_profile_id workspace_id`.split(
    /\s+/,
  ),
);
/** With the header `anthropic-beta` only. */
const beta = new Set(['betas', 'context_management', 'mcp_servers', 'output_format', 'fallbacks']);

/** What the Messages API refuses. */
export function checkMessages(body: Body, header: (name: string) => string | undefined, memory: Memory): void {
  if (header('anthropic-version') === undefined) refuse('anthropic-version: header is required');
  for (const key of Object.keys(body)) {
    if (!known.has(key) && !(beta.has(key) && header('anthropic-beta') !== undefined))
      refuse(`${key}: Extra inputs are not permitted`);
  }
  for (const key of ['model', 'max_tokens', 'messages']) if (body[key] === undefined) refuse(`${key}: Field required`);
  if (!Number.isInteger(body.max_tokens)) refuse('max_tokens: Input should be a valid integer');
  if (Number(body.max_tokens) < 1) refuse('max_tokens: Input should be greater than or equal to 1');
  checkNumbers(body);
  checkSystem(body.system);
  checkThinking(body);
  checkTools(body);
  checkOutput(body);
  checkConversation(body, memory);
  checkBreakpoints(body);
}

function checkNumbers(body: Body): void {
  for (const key of ['temperature', 'top_p']) {
    const value = body[key];
    if (value === undefined) continue;
    if (typeof value !== 'number') refuse(`${key}: Input should be a valid number`);
    if (value < 0 || value > 1) refuse(`${key}: range: 0..1`);
  }
  if (body.stop_sequences === undefined) return;
  if (!Array.isArray(body.stop_sequences)) refuse('stop_sequences: Input should be a valid list');
  for (const [index, stop] of body.stop_sequences.entries())
    if (String(stop).trim() === '') refuse(`stop_sequences.${index}: each stop sequence must contain non-whitespace`);
}

function checkSystem(system: unknown): void {
  if (system === undefined || typeof system === 'string') return;
  if (!Array.isArray(system)) refuse('system: Input should be a valid list');
  for (const [index, block] of listOf(system).entries()) {
    if (block.type !== 'text') refuse(`system.${index}.type: Input should be 'text'`);
    if (textIn(block, 'text') === '') refuse('system: text content blocks must be non-empty');
  }
}

function checkThinking(body: Body): void {
  const { thinking } = body;
  if (thinking === undefined) return;
  if (!isBody(thinking)) refuse('thinking: Input should be a valid dictionary');
  const types = ['enabled', 'disabled', 'adaptive', 'between_tools'];
  if (!types.includes(String(thinking.type)))
    refuse(
      `thinking: Input tag '${thinking.type}' found using 'type' does not match any of the expected tags: ${types.join(', ')}`,
    );
  if (thinking.type === 'disabled') return;
  if (thinking.type === 'enabled') {
    const tokens = Number(thinking.budget_tokens);
    if (!Number.isInteger(tokens)) refuse('thinking.enabled.budget_tokens: Field required');
    if (tokens < 1024) refuse('thinking.enabled.budget_tokens: Input should be greater than or equal to 1024');
    if (tokens >= Number(body.max_tokens)) refuse('`max_tokens` must be greater than `thinking.budget_tokens`.');
  }
  if (body.temperature !== undefined && body.temperature !== 1)
    refuse('`temperature` may only be set to 1 when thinking is enabled.');
  const choice = isBody(body.tool_choice) ? body.tool_choice.type : undefined;
  if (choice === 'any' || choice === 'tool') refuse('Thinking may not be enabled when tool_choice forces tool use.');
}

function checkTools(body: Body): void {
  const tools = listOf(body.tools);
  checkToolNames(
    tools.map((tool) => tool.name),
    (index) => `tools.${index}.name`,
  );
  for (const [index, tool] of tools.entries()) {
    if (tool.type !== undefined && tool.type !== null && tool.type !== 'custom') continue;
    const path = `tools.${index}.custom.input_schema`;
    if (tool.input_schema === undefined) refuse(`${path}: Field required`);
    if (!isBody(tool.input_schema) || tool.input_schema.type !== 'object')
      refuse(`${path}.type: Input should be 'object'`);
    if (tool.strict === true) checkStrictSchema(tool.input_schema, anthropicRules(path, path));
  }
  checkStrictness(tools);
  checkChoice(body.tool_choice, tools);
}

const MOST_STRICT_TOOLS = 20;

function checkStrictness(tools: readonly Body[]): void {
  const strict = tools.filter((tool) => tool.strict === true).length;
  if (strict > MOST_STRICT_TOOLS)
    refuse(`Too many strict tools (${strict}). The maximum number of strict tools supported is ${MOST_STRICT_TOOLS}.`);
}

function checkChoice(choice: unknown, tools: readonly Body[]): void {
  if (choice === undefined) return;
  const types = ['auto', 'any', 'tool', 'none'];
  if (!isBody(choice) || !types.includes(String(choice.type)))
    refuse(`tool_choice: Input tag found using 'type' does not match any of the expected tags: ${types.join(', ')}`);
  if (tools.length === 0 && choice.type !== 'none') refuse('tool_choice may only be specified while providing tools.');
  if (choice.type === 'tool' && !tools.some((tool) => tool.name === choice.name))
    refuse(`Tool '${choice.name}' not found in provided tools`);
}

function checkOutput(body: Body): void {
  const config = isBody(body.output_config) ? body.output_config : {};
  const efforts = ['low', 'medium', 'high', 'xhigh', 'max'];
  if (config.effort !== undefined && config.effort !== null && !efforts.includes(String(config.effort)))
    refuse(`output_config.effort: Input should be ${efforts.join(', ')}`);
  const format = config.format ?? body.output_format;
  if (!isBody(format)) return;
  const path = 'output_config.format.schema';
  if (format.type !== 'json_schema') refuse("output_config.format.type: Input should be 'json_schema'");
  checkStrictSchema(format.schema, anthropicRules(path, path));
}

function checkBreakpoints(body: Body): void {
  let found = 0;
  JSON.stringify(body, (key, value: unknown) => {
    if (key === 'cache_control' && isBody(value)) {
      found += 1;
      if (value.type !== 'ephemeral') refuse("cache_control.type: Input should be 'ephemeral'");
    }
    return value;
  });
  if (found > 4) refuse(`A maximum of 4 blocks with cache_control may be provided. Found ${found}.`);
}
