import type { ChatRequest } from '@espalier/core';

/** A request's messages as short lines. */
export const lines = ({ messages }: Pick<ChatRequest, 'messages'>): readonly string[] =>
  messages.map((message) => {
    if (typeof message.content === 'string') return `${message.role}: ${message.content}`;
    const parts = message.content.map((part) => ('text' in part ? part.text : `[${part.type}]`));
    return `${message.role}: ${parts.join(' ')}`;
  });
