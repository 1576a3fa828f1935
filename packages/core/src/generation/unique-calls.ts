import type { AssistantMessage, Message, ToolCallPart } from '../model/message.js';
import { toolCallsOf } from '../model/message.js';

/**
 * A message of the model as it goes on: every call has an id of its own in the whole conversation, for a result belongs
 * to one call and providers refuse an id that comes twice; and text without any is left out, for they refuse that too.
 */
export function settledMessage(message: AssistantMessage, before: readonly Message[]): AssistantMessage {
  const content = message.content.filter((part) => part.type !== 'text' || part.text.trim() !== '');
  if (!content.some(({ type }) => type === 'tool-call')) return { ...message, content };
  const seen = new Set<string>();
  for (const one of before) {
    if (one.role === 'assistant') for (const { id } of toolCallsOf(one)) seen.add(id);
  }
  let count = 0;
  return { ...message, content: content.map((part) => (part.type === 'tool-call' ? unique(part) : part)) };

  function unique(call: ToolCallPart): ToolCallPart {
    count += 1;
    const own = call.id === '' ? `call-${count}` : call.id;
    let id = own;
    for (let again = 2; seen.has(id); again++) id = `${own}-${again}`;
    seen.add(id);
    return id === call.id ? call : { ...call, id };
  }
}
