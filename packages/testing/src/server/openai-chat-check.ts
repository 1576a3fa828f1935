import { checkTypes, isBody, listOf, refuse, textIn } from './checks.js';
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
import type { Body } from './provider-api.js';

const known = new Set(
  `messages model audio frequency_penalty function_call functions logit_bias logprobs max_completion_tokens max_tokens
  metadata modalities moderation n parallel_tool_calls prediction presence_penalty prompt_cache_key prompt_cache_options
  prompt_cache_retention reasoning_effort response_format safety_identifier seed service_tier stop store stream
  stream_options temperature tool_choice tools top_logprobs top_p user verbosity web_search_options`.split(/\s+/),
);

/** What the Chat Completions API refuses. */
export function checkChat(body: Body): void {
  checkKnown(body, known);
  required(body, 'model');
  required(body, 'messages');
  checkTypes(body, {
    model: ['string'],
    messages: ['array'],
    stream: ['boolean'],
    max_completion_tokens: ['integer'],
    max_tokens: ['integer'],
    temperature: ['number'],
    top_p: ['number'],
    seed: ['integer'],
    tools: ['array'],
    parallel_tool_calls: ['boolean'],
    stop: ['string', 'array'],
  });
  checkRange(body, 'temperature', 0, 2);
  checkRange(body, 'top_p', 0, 1);
  checkEffort(body.reasoning_effort, 'reasoning_effort');
  if (Array.isArray(body.stop) && body.stop.length > 4)
    refuse(
      "Invalid 'stop': array too long. Expected an array with maximum length 4.",
      'stop',
      'array_above_max_length',
    );
  if (isBody(body.stream_options) && body.stream !== true)
    refuse("The 'stream_options' parameter is only allowed when 'stream' is enabled.", 'stream_options');
  checkTools(body);
  checkResponseFormat(body.response_format);
  checkMessages(listOf(body.messages));
}

function checkTools(body: Body): void {
  const tools = listOf(body.tools);
  if (Array.isArray(body.tools) && tools.length === 0)
    refuse("Invalid 'tools': empty array. Expected an array with minimum length 1.", 'tools', 'empty_array');
  if (body.parallel_tool_calls !== undefined && tools.length === 0)
    refuse(
      "Invalid value for 'parallel_tool_calls': 'parallel_tool_calls' is only allowed when 'tools' are specified.",
      'parallel_tool_calls',
    );
  const functions = tools.map((tool, index) => {
    requiredText(tool, 'type', `tools[${index}].type`);
    return objectAt(tool, 'function', `tools[${index}].function`);
  });
  checkFunctions(functions, (index) => `tools[${index}].function`);
  const choice = body.tool_choice;
  const chosen = isBody(choice)
    ? requiredText(objectAt(choice, 'function', 'tool_choice.function'), 'name', 'tool_choice.function.name')
    : undefined;
  checkChoice(
    choice,
    chosen,
    functions.map((tool) => textIn(tool, 'name')),
  );
}

function objectAt(body: Body, key: string, path: string): Body {
  const value = required(body, key, path);
  if (!isBody(value)) refuse(`Invalid type for '${path}': expected an object.`, path, 'invalid_type');
  return value;
}

function checkResponseFormat(format: unknown): void {
  if (!isBody(format)) return;
  const types = ['text', 'json_object', 'json_schema'];
  if (!types.includes(String(format.type)))
    refuse(`Invalid value: '${format.type}'. Supported values are: ${types.join(', ')}.`, 'response_format.type');
  if (format.type === 'json_schema')
    checkFormat(objectAt(format, 'json_schema', 'response_format.json_schema'), 'response_format.json_schema');
}

const parts: Readonly<Record<string, readonly string[]>> = {
  user: ['text', 'image_url', 'input_audio', 'file'],
  system: ['text'],
  developer: ['text'],
  assistant: ['text', 'refusal'],
  tool: ['text'],
};

function checkMessages(messages: readonly Body[]): void {
  if (messages.length === 0)
    refuse("Invalid 'messages': empty array. Expected an array with minimum length 1.", 'messages', 'empty_array');
  for (const [index, message] of messages.entries()) checkMessage(message, `messages[${index}]`);
  for (let index = 0; index < messages.length; ) index = checkTurn(messages, index);
}

function checkMessage(message: Body, path: string): void {
  const role = requiredText(message, 'role', `${path}.role`);
  const kinds = parts[role];
  if (kinds === undefined)
    refuse(
      `Invalid value: '${role}'. Supported values are: 'system', 'assistant', 'user', 'function', 'tool', and 'developer'.`,
      `${path}.role`,
      'invalid_value',
    );
  const { content } = message;
  const calls = message.tool_calls;
  if (typeof content !== 'string' && !Array.isArray(content) && !(role === 'assistant' && (calls || message.refusal)))
    refuse(
      `Invalid value for 'content': expected a string, got ${content === undefined ? 'nothing' : content}.`,
      `${path}.content`,
    );
  checkParts(content, kinds, `${path}.content`);
  for (const [index, part] of listOf(content).entries()) checkPart(part, `${path}.content[${index}]`);
  if (Array.isArray(calls) && calls.length === 0)
    refuse(`[] is too short - '${path}.tool_calls'`, `${path}.tool_calls`);
  for (const [index, call] of listOf(calls).entries()) {
    const place = `${path}.tool_calls[${index}]`;
    for (const key of ['id', 'type']) requiredText(call, key, `${place}.${key}`);
    const named = objectAt(call, 'function', `${place}.function`);
    for (const key of ['name', 'arguments']) requiredText(named, key, `${place}.function.${key}`);
  }
}

function checkPart(part: Body, path: string): void {
  if (part.type === 'text') requiredText(part, 'text', `${path}.text`);
  if (part.type === 'image_url')
    checkUrl(objectAt(part, 'image_url', `${path}.image_url`).url, `${path}.image_url.url`);
  if (part.type !== 'file') return;
  const file = objectAt(part, 'file', `${path}.file`);
  if (file.file_id === undefined) {
    checkUrl(file.file_data, `${path}.file.file_data`);
    requiredText(file, 'filename', `${path}.file.filename`);
  }
}

/** An assistant's calls are answered by the messages right after it. Gives the index of the next message. */
function checkTurn(messages: readonly Body[], start: number): number {
  const message = messages[start];
  if (message?.role === 'tool')
    refuse(
      "Invalid parameter: messages with role 'tool' must be a response to a preceeding message with 'tool_calls'.",
      `messages.[${start}].role`,
    );
  const open = new Set(listOf(message?.tool_calls).map((call) => textIn(call, 'id')));
  let index = start + 1;
  for (; open.size > 0 && messages[index]?.role === 'tool'; index += 1) {
    const id = requiredText(messages[index] ?? {}, 'tool_call_id', `messages[${index}].tool_call_id`);
    if (!open.delete(id))
      refuse(
        `Invalid parameter: 'tool_call_id' of '${id}' not found in 'tool_calls' of previous message.`,
        `messages.[${index}].tool_call_id`,
      );
  }
  if (open.size > 0)
    refuse(
      `An assistant message with 'tool_calls' must be followed by tool messages responding to each 'tool_call_id'. The following tool_call_ids did not have response messages: ${[...open].join(', ')}`,
      `messages.[${index}].role`,
    );
  return index;
}
