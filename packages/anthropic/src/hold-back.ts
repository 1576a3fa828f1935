import type { ChatChunk, ChatResponse } from '@espalier/core';
import type { WireRequest } from './to-request.js';

/**
 * Whether pieces come in another shape than the program asked for, so that they are no pieces of its answer: they are
 * held back, and {@link heldBack} gives them at the end.
 */
export function isHeldBack(chunk: ChatChunk, { output, tools }: WireRequest): boolean {
  if (chunk.type === 'text-delta') return output?.changed === true;
  return chunk.type === 'tool-call-delta' && tools.get(chunk.tool)?.changed === true;
}

/** What was held back, in the program's shape. */
export function heldBack({ message }: ChatResponse, wire: WireRequest): readonly ChatChunk[] {
  return message.content
    .flatMap((part): ChatChunk[] => {
      if (part.type === 'text') return [{ type: 'text-delta', text: part.text }];
      if (part.type === 'reasoning') return [];
      return [{ type: 'tool-call-delta', id: part.id, tool: part.tool, arguments: part.arguments }];
    })
    .filter((chunk) => isHeldBack(chunk, wire));
}
