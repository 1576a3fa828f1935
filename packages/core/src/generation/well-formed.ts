import { type Message, type ToolMessage, toolCallsOf } from '../model/message.js';

/**
 * The same conversation with a result for every tool call, right after the message that calls: providers refuse any
 * other. A call without a result gets one that says that it was interrupted; a result without a call is dropped.
 */
export function wellFormed(messages: readonly Message[]): readonly Message[] {
  const results = new Map<string, ToolMessage>();
  for (const message of messages) if (message.role === 'tool') results.set(message.callId, message);
  return messages.flatMap((message): Message[] => {
    if (message.role === 'tool') return [];
    if (message.role !== 'assistant') return [message];
    return [
      message,
      ...toolCallsOf(message).map(
        ({ id, tool }): ToolMessage =>
          results.get(id) ?? { role: 'tool', callId: id, tool, content: 'The call was interrupted.', failed: true },
      ),
    ];
  });
}
