import type { AssistantMessage, ChatRequest, JsonSchema, Message } from '@espalier/core';
import type { Mistake } from './reference-model.js';

/** A request in the words of Chat Completions. */
export function toBody(request: ChatRequest, mistake?: Mistake): object {
  const { messages, tools = [], toolChoice, output, settings = {} } = request;
  const wrong = (candidate: Mistake): boolean => candidate === mistake;
  const kept = wrong('leaves the system message out') ? messages.filter(({ role }) => role !== 'system') : messages;
  const { temperature, seed, stop, maxOutputTokens, reasoning, parallelToolCalls, providers } = settings;
  return {
    model: 'small',
    messages: kept.map((message) => toMessage(message, wrong)),
    ...defined({ temperature, seed, stop, max_completion_tokens: maxOutputTokens, reasoning_effort: reasoning }),
    ...(tools.length === 0
      ? {}
      : {
          tools: tools.map(({ name, description, parameters }) => ({
            type: 'function',
            function: { name, description, parameters: strict(parameters), strict: true },
          })),
          ...defined({ parallel_tool_calls: parallelToolCalls }),
          ...(toolChoice === undefined || wrong('ignores the choice of tools')
            ? {}
            : { tool_choice: choice(toolChoice) }),
        }),
    ...(output === undefined
      ? {}
      : {
          response_format: {
            type: 'json_schema',
            json_schema: { name: output.name, schema: whole(strict(output.schema)), strict: true },
          },
        }),
    ...(wrong('makes up the request anew each time') ? { user: String(Math.random()) } : {}),
    ...providers?.reference,
  };
}

const defined = (fields: object): object =>
  Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== undefined));

const choice = (toolChoice: NonNullable<ChatRequest['toolChoice']>): unknown =>
  typeof toolChoice === 'string' ? toolChoice : { type: 'function', function: { name: toolChoice.tool } };

function toMessage(message: Message, wrong: (mistake: Mistake) => boolean): object {
  if (message.role === 'system') return message;
  if (message.role === 'tool') return { role: 'tool', tool_call_id: message.callId, content: message.content };
  if (message.role === 'assistant') return toAssistant(message, wrong);
  const content = message.content.map((part) => {
    if (part.type === 'text') return { type: 'text', text: part.text };
    const url = part.url ?? `data:${part.mediaType};base64,${part.data}`;
    return part.mediaType.startsWith('image/')
      ? { type: 'image_url', image_url: { url } }
      : { type: 'file', file: { filename: part.name ?? 'file', file_data: url } };
  });
  return { role: 'user', content };
}

function toAssistant({ content }: AssistantMessage, wrong: (mistake: Mistake) => boolean): object {
  const text = content.flatMap((part) => (part.type === 'text' ? [part.text] : [])).join('');
  const own = content.find((part) => part.type === 'reasoning' && part.provider === undefined);
  const thought = content.find(
    (part) => part.type === 'reasoning' && (part === own || wrong('sends what belongs to others')),
  );
  const calls = content.flatMap((part) =>
    part.type === 'tool-call'
      ? [{ id: part.id, type: 'function', function: { name: part.tool, arguments: part.arguments } }]
      : [],
  );
  return {
    role: 'assistant',
    content: text === '' ? null : text,
    ...(thought === undefined || wrong('forgets its reasoning')
      ? {}
      : { reasoning_content: (thought as { text: string }).text }),
    ...(calls.length === 0 ? {} : { tool_calls: calls }),
  };
}

const whole = (schema: JsonSchema): JsonSchema =>
  schema.type === 'object'
    ? schema
    : { type: 'object', properties: { value: schema }, required: ['value'], additionalProperties: false };

/** All fields required, those that were not may be null. Enough for the schemas of the suite. */
function strict(schema: JsonSchema): JsonSchema {
  if (schema.type === 'array') return { ...schema, items: strict(schema.items as JsonSchema) };
  if (schema.type !== 'object') return schema;
  const { properties = {}, required = [] } = schema as { properties?: Record<string, JsonSchema>; required?: string[] };
  const entries = Object.entries(properties).map(([key, part]) => [
    key,
    required.includes(key) ? strict(part) : { anyOf: [strict(part), { type: 'null' }] },
  ]);
  return {
    ...schema,
    properties: Object.fromEntries(entries),
    required: Object.keys(properties),
    additionalProperties: false,
  };
}
