import type { ChatRequest } from '@espalier/core';
import { instructionsOf, plainText } from './request-matcher.js';
import { shortened } from './text-matcher.js';

/** How many messages of a conversation are shown: the newest. */
const SHOWN = 10;

/** A request as people read it, a line for each message. */
export function describeRequest(request: ChatRequest): string {
  const spoken = request.messages.filter(({ role }) => role !== 'system');
  const left = spoken.length - SHOWN;
  return [
    `instructions: ${shortened(instructionsOf(request), 300) || '(none)'}`,
    ...(left > 0 ? [`… ${left} earlier messages`] : []),
    ...spoken.slice(-SHOWN).map((message) => {
      const who = message.role === 'tool' ? `tool ${message.tool}${message.failed ? ' (failed)' : ''}` : message.role;
      return `${who}: ${shortened(plainText(message), 300)}`;
    }),
    `tools: ${(request.tools ?? []).map(({ name }) => name).join(', ') || '(none)'}`,
    ...(request.output === undefined ? [] : [`answer in the shape of: ${request.output.name}`]),
  ].join('\n');
}
