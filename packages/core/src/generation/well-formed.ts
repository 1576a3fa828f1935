import { type Message, type ToolCallPart, type ToolMessage, toolCallsOf } from '../model/message.js';
import { withUniqueCalls } from './unique-calls.js';

/** A call, and its result once that is found. */
interface Slot {
  readonly call: ToolCallPart;
  result: ToolMessage | undefined;
}

/**
 * The same conversation with a result for every tool call, right after the message that calls, and an id for each call
 * that no other has: providers refuse any other. A call without a result gets one that says that it was interrupted; a
 * result without a call is dropped. Where ids come again, a result belongs to the newest message before it that has a
 * call of its id.
 */
export function wellFormed(messages: readonly Message[]): readonly Message[] {
  const newest = new Map<string, readonly Slot[]>();
  const called = messages.map((message): readonly Slot[] => {
    if (message.role === 'tool') {
      const waiting = newest.get(message.callId)?.find(({ call, result }) => call.id === message.callId && !result);
      if (waiting !== undefined) waiting.result = message;
    }
    if (message.role !== 'assistant') return [];
    const slots = toolCallsOf(message).map((call): Slot => ({ call, result: undefined }));
    for (const { call } of slots) newest.set(call.id, slots);
    return slots;
  });
  const ids = new Set<string>();
  return messages.flatMap((message, index): Message[] => {
    if (message.role === 'tool') return [];
    if (message.role !== 'assistant') return [message];
    const unique = withUniqueCalls(message, ids);
    const results = called[index] as readonly Slot[];
    return [unique, ...toolCallsOf(unique).map((call, place) => resultOf(call, results[place]?.result))];
  });
}

const resultOf = ({ id, tool }: ToolCallPart, result: ToolMessage | undefined): ToolMessage =>
  result === undefined ? interrupted(id, tool) : result.callId === id ? result : { ...result, callId: id };

const interrupted = (callId: string, tool: string): ToolMessage => ({
  role: 'tool',
  callId,
  tool,
  content: 'The call was interrupted.',
  failed: true,
});
