import { checkTypes, isBody, listOf, refuse, textIn } from './checks.js';
import { seal } from './ids.js';
import {
  checkChoice,
  checkEffort,
  checkFormat,
  checkFunctions,
  checkKnown,
  checkParts,
  checkRange,
  checkUrl,
  required,
  requiredText,
} from './openai-common.js';
import type { Body, Memory } from './provider-api.js';

const known = new Set(
  `access_programs background context_management conversation image include input instructions max_output_tokens
  max_tool_calls metadata model moderation parallel_tool_calls previous_response_id prompt prompt_cache_key
  prompt_cache_options prompt_cache_retention reasoning safety_identifier service_tier store stream stream_options
  temperature text tool_choice tools top_logprobs top_p truncation user`.split(/\s+/),
);

/** What the Responses API refuses. */
export function checkResponses(body: Body, memory: Memory): void {
  checkKnown(body, known);
  required(body, 'model');
  const input = required(body, 'input');
  checkTypes(body, {
    model: ['string'],
    input: ['string', 'array'],
    instructions: ['string'],
    stream: ['boolean'],
    store: ['boolean'],
    max_output_tokens: ['integer'],
    temperature: ['number'],
    top_p: ['number'],
    parallel_tool_calls: ['boolean'],
    tools: ['array'],
    include: ['array'],
  });
  checkRange(body, 'max_output_tokens', 16, Number.POSITIVE_INFINITY);
  checkRange(body, 'temperature', 0, 2);
  checkRange(body, 'top_p', 0, 1);
  if (isBody(body.reasoning)) checkEffort(body.reasoning.effort, 'reasoning.effort');
  checkTools(body);
  const format = isBody(body.text) ? body.text.format : undefined;
  if (isBody(format) && format.type === 'json_schema') checkFormat(format, 'text.format');
  const items = listOf(input);
  for (const [index, item] of items.entries()) checkItem(item, `input[${index}]`);
  checkCalls(items);
  checkReasoning(items, body.store === false, memory);
}

function checkTools(body: Body): void {
  const tools = listOf(body.tools);
  for (const [index, tool] of tools.entries()) requiredText(tool, 'type', `tools[${index}].type`);
  const functions = tools.filter((tool) => tool.type === 'function');
  checkFunctions(functions, (index) => `tools[${tools.indexOf(functions[index] ?? {})}]`);
  const choice = body.tool_choice;
  const chosen =
    isBody(choice) && choice.type === 'function' ? requiredText(choice, 'name', 'tool_choice.name') : undefined;
  checkChoice(
    choice,
    chosen,
    tools.map((tool) => textIn(tool, 'name')),
  );
}

const parts: Readonly<Record<string, readonly string[]>> = {
  user: ['input_text', 'input_image', 'input_file'],
  system: ['input_text'],
  developer: ['input_text'],
  assistant: ['output_text', 'refusal'],
};

/** What the ids of items begin with. */
const prefixes: Readonly<Record<string, string>> = { message: 'msg', function_call: 'fc', reasoning: 'rs' };

function checkItem(item: Body, path: string): void {
  const type = item.type ?? (item.role === undefined ? required(item, 'type', `${path}.type`) : 'message');
  const prefix = prefixes[String(type)];
  if (prefix !== undefined && typeof item.id === 'string' && !item.id.startsWith(prefix))
    refuse(
      `Invalid '${path}.id': '${item.id}'. Expected an ID that begins with '${prefix}'.`,
      `${path}.id`,
      'invalid_value',
    );
  if (type === 'message') {
    checkMessage(item, path);
  } else if (type === 'function_call') {
    for (const key of ['call_id', 'name', 'arguments']) requiredText(item, key, `${path}.${key}`);
  } else if (type === 'function_call_output') {
    requiredText(item, 'call_id', `${path}.call_id`);
    required(item, 'output', `${path}.output`);
  } else if (type === 'reasoning') {
    if (!Array.isArray(required(item, 'summary', `${path}.summary`)))
      refuse(`Invalid type for '${path}.summary': expected an array.`, `${path}.summary`, 'invalid_type');
  } else if (type !== 'item_reference') {
    refuse(`Invalid value: '${type}'.`, `${path}.type`, 'invalid_value');
  }
}

function checkMessage(item: Body, path: string): void {
  const role = requiredText(item, 'role', `${path}.role`);
  const kinds = parts[role];
  if (kinds === undefined)
    refuse(
      `Invalid value: '${role}'. Supported values are: 'assistant', 'system', 'developer', and 'user'.`,
      `${path}.role`,
      'invalid_value',
    );
  const content = required(item, 'content', `${path}.content`);
  if (typeof content !== 'string' && !Array.isArray(content))
    refuse(
      `Invalid type for '${path}.content': expected one of an array of objects or string.`,
      `${path}.content`,
      'invalid_type',
    );
  checkParts(content, kinds, `${path}.content`);
  for (const [index, part] of listOf(content).entries()) checkPart(part, `${path}.content[${index}]`);
}

function checkPart(part: Body, path: string): void {
  if (part.type === 'input_image' && part.file_id === undefined) checkUrl(part.image_url, `${path}.image_url`);
  if (part.type === 'input_file') {
    if (part.file_data !== undefined) {
      checkUrl(part.file_data, `${path}.file_data`);
      requiredText(part, 'filename', `${path}.filename`);
    } else if (part.file_id === undefined) checkUrl(part.file_url, `${path}.file_url`);
  }
  if (String(part.type).endsWith('_text')) requiredText(part, 'text', `${path}.text`);
}

/** Each call has its output after it, each output its call before it. */
function checkCalls(items: readonly Body[]): void {
  const open = new Set<string>();
  for (const item of items) {
    const id = textIn(item, 'call_id');
    if (item.type === 'function_call') {
      if (open.has(id)) refuse(`Duplicate function call with call_id ${id}.`, 'input');
      open.add(id);
    } else if (item.type === 'function_call_output') {
      if (!open.delete(id)) refuse(`No tool call found for function call output with call_id ${id}.`, 'input');
    } else if (item.role === 'user' && open.size > 0) break;
  }
  for (const id of open) refuse(`No tool output found for function call ${id}.`, 'input');
}

/** Reasoning comes back whole, with what came after it; what came after it, with the reasoning. */
function checkReasoning(items: readonly Body[], stateless: boolean, memory: Memory): void {
  for (const [index, item] of items.entries()) {
    const id = textIn(item, 'id');
    if (item.type === 'reasoning') {
      const next = items[index + 1];
      if (next === undefined || next.role === 'user' || next.type === 'function_call_output')
        refuse(`Item '${id}' of type 'reasoning' was provided without its required following item.`, 'input');
      checkSealed(item, id, stateless, memory);
    }
    const origin = item.type === 'function_call' ? memory.calls.get(id) : undefined;
    if (origin !== undefined && !items.slice(0, index).some((before) => before.id === origin))
      refuse(
        `Item '${id}' of type 'function_call' was provided without its required 'reasoning' item: '${origin}'.`,
        'input',
      );
  }
}

function checkSealed(item: Body, id: string, stateless: boolean, memory: Memory): void {
  const text = memory.reasoning.get(id);
  if (typeof item.encrypted_content === 'string') {
    if (text !== undefined && item.encrypted_content !== seal(text))
      refuse(`The encrypted content for item ${id} could not be verified.`, 'input', 'invalid_encrypted_content');
  } else if (stateless || text === undefined) {
    refuse(`Item with id '${id}' not found. Items are not persisted when \`store\` is set to false.`, 'input');
  }
}
