import type { AssistantMessage, Message } from '../model/message.js';
import { toolCallsOf } from '../model/message.js';

/**
 * A message of the model as it goes on: every call has an id of its own in the whole conversation, for a result belongs
 * to one call and providers refuse an id that comes twice; and text without any is left out, for they refuse that too.
 * @param seen the ids of the conversation; gets those of the message
 */
export function settledMessage(message: AssistantMessage, seen: Set<string>): AssistantMessage {
  const settled = message.content.some(isEmptyText)
    ? { ...message, content: message.content.filter((part) => !isEmptyText(part)) }
    : message;
  return settled.content.some(({ type }) => type === 'tool-call') ? withUniqueCalls(settled, seen) : settled;
}

const isEmptyText = (part: AssistantMessage['content'][number]): boolean =>
  part.type === 'text' && part.text.trim() === '';

/** The ids of all calls in a conversation. */
export function callIdsOf(messages: readonly Message[]): Set<string> {
  const ids = new Set<string>();
  for (const message of messages) {
    if (message.role === 'assistant') for (const { id } of toolCallsOf(message)) ids.add(id);
  }
  return ids;
}

/** The same message, with another id for each call whose id has been seen. @param seen gets its ids */
export function withUniqueCalls(message: AssistantMessage, seen: Set<string>): AssistantMessage {
  let count = 0;
  let changed = false;
  const content = message.content.map((part) => {
    if (part.type !== 'tool-call') return part;
    count += 1;
    const own = part.id === '' ? `call-${count}` : part.id;
    let id = own;
    for (let again = 2; seen.has(id); again++) id = `${own}-${again}`;
    seen.add(id);
    if (id === part.id) return part;
    changed = true;
    return { ...part, id };
  });
  return changed ? { ...message, content } : message;
}
