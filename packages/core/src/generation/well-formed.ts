import { type Message, type ToolMessage, toolCallsOf } from '../model/message.js';

/**
 * The same conversation with a result for every tool call, right after the message that calls: providers refuse any
 * other. A call without a result gets one that says that it was interrupted; a result without a call is dropped.
 * A result belongs to the newest call of its id before it: ids may come again.
 */
export function wellFormed(messages: readonly Message[]): readonly Message[] {
  const callers = new Map<string, Map<string, ToolMessage | undefined>>();
  const results = messages.map((message): Map<string, ToolMessage | undefined> | undefined => {
    if (message.role === 'tool') {
      const waiting = callers.get(message.callId);
      if (waiting?.get(message.callId) === undefined) waiting?.set(message.callId, message);
    }
    if (message.role !== 'assistant') return undefined;
    const own = new Map<string, ToolMessage | undefined>();
    for (const { id } of toolCallsOf(message)) {
      own.set(id, undefined);
      callers.set(id, own);
    }
    return own;
  });
  return messages.flatMap((message, index): Message[] => {
    if (message.role === 'tool') return [];
    if (message.role !== 'assistant') return [message];
    const own = results[index];
    return [message, ...toolCallsOf(message).map(({ id, tool }) => own?.get(id) ?? interrupted(id, tool))];
  });
}

const interrupted = (callId: string, tool: string): ToolMessage => ({
  role: 'tool',
  callId,
  tool,
  content: 'The call was interrupted.',
  failed: true,
});
