import {
  type AssistantMessage,
  type ChatRequest,
  type JsonSchema,
  type Message,
  type ToolDefinition,
  type ToolMessage,
  userText,
} from '@espalier/core';

/** A request with one question. */
export const question = (text = 'When does the tide turn?', more: Omit<ChatRequest, 'messages'> = {}): ChatRequest => ({
  messages: [userText(text)],
  ...more,
});

/** A tool with a field that may be left out, as classes with optional properties have. */
export const forecast: ToolDefinition = {
  name: 'forecast',
  description: 'The weather of some days at a place.',
  parameters: {
    type: 'object',
    properties: {
      harbour: { type: 'string', description: 'Name of the harbour', minLength: 1 },
      daysAhead: { type: 'integer', minimum: 1, maximum: 14 },
    },
    required: ['harbour'],
  },
};

/** The shape of an answer, with nesting, a list, a choice and a field that may be left out. */
export const reportSchema: JsonSchema = {
  type: 'object',
  properties: {
    headline: { type: 'string', description: 'At most ten words', maxLength: 200 },
    certainty: { type: 'string', enum: ['low', 'high'] },
    sightings: {
      type: 'array',
      items: {
        type: 'object',
        properties: { species: { type: 'string' }, amount: { type: 'integer', minimum: 0 } },
        required: ['species', 'amount'],
        additionalProperties: false,
      },
    },
    remark: { type: 'string' },
  },
  required: ['headline', 'certainty', 'sightings'],
  additionalProperties: false,
};

export const assistant = (...content: AssistantMessage['content']): AssistantMessage => ({
  role: 'assistant',
  content,
});

export const toolResult = (callId: string, content: string, failed = false): ToolMessage => ({
  role: 'tool',
  callId,
  tool: 'forecast',
  content,
  failed,
});

/** A conversation that goes on: these messages, and the tool that they speak of. */
export const conversation = (...messages: readonly Message[]): ChatRequest => ({ messages, tools: [forecast] });

/** A value that throws when anyone changes it. */
export function frozen<T>(value: T): T {
  if (typeof value === 'object' && value !== null && !Object.isFrozen(value)) {
    Object.freeze(value);
    for (const part of Object.values(value)) frozen(part);
  }
  return value;
}
