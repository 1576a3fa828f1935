import type { ChatChunk, ChatResponse } from '../../model/chat-model.js';
import type { LoweredSchema } from './lower-schema.js';

/** The schemas of a request as they were sent. */
export interface SentSchemas {
  /** That of the answer. */
  readonly output?: LoweredSchema | undefined;
  /** Those of the tools' arguments, by the tool's name. */
  readonly tools: ReadonlyMap<string, LoweredSchema>;
}

/**
 * Whether a piece of a stream comes in another shape than the program asked for, so that it is no piece of its answer. An
 * adapter holds it back, and gives {@link heldBack} at the end.
 */
export function isHeldBack(chunk: ChatChunk, { output, tools }: SentSchemas): boolean {
  if (chunk.type === 'text-delta') return output?.changed === true;
  return chunk.type === 'tool-call-delta' && tools.get(chunk.tool)?.changed === true;
}

/** What was held back, in the program's shape: all that is streamed, put together, is the answer. */
export function heldBack({ message }: ChatResponse, sent: SentSchemas): readonly ChatChunk[] {
  return message.content
    .flatMap((part): ChatChunk[] => {
      if (part.type === 'text') return [{ type: 'text-delta', text: part.text }];
      if (part.type === 'reasoning') return [];
      return [{ type: 'tool-call-delta', id: part.id, tool: part.tool, arguments: part.arguments }];
    })
    .filter((chunk) => isHeldBack(chunk, sent));
}
