import type { AssistantMessage, Message } from '../model/message.js';
import { toolCallsOf } from '../model/message.js';

/**
 * A message of the model as it goes on: every call has an id of its own in the whole conversation, for a result belongs
 * to one call and providers refuse an id that comes twice; and text without any is left out, for they refuse that too.
 */
export function settledMessage(message: AssistantMessage, before: readonly Message[]): AssistantMessage {
  const content = message.content.filter((part) => part.type !== 'text' || part.text.trim() !== '');
  const settled = { ...message, content };
  if (!content.some(({ type }) => type === 'tool-call')) return settled;
  const seen = new Set<string>();
  for (const one of before) {
    if (one.role === 'assistant') for (const { id } of toolCallsOf(one)) seen.add(id);
  }
  return withUniqueCalls(settled, seen);
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
