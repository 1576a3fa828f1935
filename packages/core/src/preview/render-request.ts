import type { ChatRequest } from '../model/chat-model.js';
import type { Message } from '../model/message.js';

/** A request to read: every message, tool and setting, in the order in which they are sent. */
export function renderRequest(model: string, request: ChatRequest): string {
  const { messages, tools = [], toolChoice, output, settings } = request;
  const parts = messages.map((message) => `── ${titleOf(message)}\n${textOf(message)}`);
  for (const { name, description, parameters } of tools) {
    parts.push(`── tool ${name}\n${description}\n${json(parameters)}`);
  }
  if (toolChoice !== undefined) parts.push(`── tool choice\n${json(toolChoice)}`);
  if (output !== undefined) parts.push(`── answer: ${output.name}\n${json(output.schema)}`);
  if (settings !== undefined) parts.push(`── settings\n${json(settings)}`);
  return [`── model\n${model}`, ...parts].join('\n\n');
}

const titleOf = (message: Message): string =>
  message.role === 'tool' ? `tool result of ${message.tool}${message.failed ? ' (failed)' : ''}` : message.role;

function textOf(message: Message): string {
  if (typeof message.content === 'string') return message.content;
  return message.content
    .map((part) => {
      if (part.type === 'text' || part.type === 'reasoning') return part.text;
      if (part.type === 'tool-call') return `${part.tool}(${part.arguments})`;
      return `[file ${part.name ?? part.url ?? ''} ${part.mediaType}]`;
    })
    .join('\n');
}

const json = (value: unknown): string => (typeof value === 'string' ? value : JSON.stringify(value, undefined, 2));
