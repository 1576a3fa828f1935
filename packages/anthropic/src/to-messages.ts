import type { Anthropic } from '@anthropic-ai/sdk';
import type { AssistantMessage, Message, ToolMessage, UserMessage } from '@espalier/core';
import { fileBlock } from './file-block.js';
import { anthropicData } from './provider-data.js';
import type { ThinkingTrail } from './thinking-trail.js';

type Block = Anthropic.ContentBlockParam;

/** A message of Anthropic's form whose content is always a list. */
export interface BlockMessage {
  readonly role: 'user' | 'assistant';
  readonly content: Block[];
}

/**
 * A conversation as Anthropic takes it: system messages apart, turns of users and assistants in alternation, all results
 * of a turn's tool calls in one message of the user, before what the user says.
 *
 * A system message in the middle goes to the others: not every model takes it where it stands. Blank text is left out,
 * because Anthropic refuses it.
 */
export function toMessages(
  messages: readonly Message[],
  model: string,
  trailAfter?: (system: readonly string[]) => ThinkingTrail,
): { readonly system: readonly string[]; readonly messages: BlockMessage[]; readonly mark?: string } {
  const system = messages.flatMap(({ role, content }) => (role === 'system' && !isBlank(content) ? [content] : []));
  const trail = trailAfter?.(system);
  const turns: BlockMessage[] = [];
  for (const message of messages) {
    if (message.role === 'system') continue;
    const role = message.role === 'assistant' ? 'assistant' : 'user';
    const content = blocksOf(withoutLostThinking(message, trail), model);
    if (trail !== undefined) for (const block of content) trail.pass([role, block]);
    const last = turns.at(-1);
    if (last?.role === role) last.content.push(...content);
    else if (content.length > 0) turns.push({ role, content });
  }
  return { system, messages: turns, ...(trail === undefined ? {} : { mark: trail.mark }) };
}

/** The same without thinking that was written after other messages than now stand before it: its first part tells. */
function withoutLostThinking<M extends Message>(message: M, trail: ThinkingTrail | undefined): M {
  if (trail === undefined || message.role !== 'assistant') return message;
  const first = message.content.find((part) => part.type === 'reasoning' && isOurs(part));
  if (first === undefined || anthropicData(first).after === trail.mark) return message;
  return { ...message, content: message.content.filter((part) => part.type !== 'reasoning') };
}

const isOurs = (part: AssistantMessage['content'][number]): boolean => {
  const { signature, redacted } = anthropicData(part);
  return signature !== undefined || redacted !== undefined;
};

function blocksOf(message: UserMessage | AssistantMessage | ToolMessage, model: string): Block[] {
  if (message.role === 'tool') return [resultBlock(message)];
  if (message.role === 'assistant') return message.content.flatMap(assistantBlocks);
  return message.content.flatMap((part): Block[] => {
    if (part.type === 'file') return [fileBlock(part, model)];
    return isBlank(part.text) ? [] : [{ type: 'text', text: part.text }];
  });
}

const resultBlock = ({ callId, content, failed }: ToolMessage): Anthropic.ToolResultBlockParam => ({
  type: 'tool_result',
  tool_use_id: callId,
  ...(content === '' ? {} : { content }),
  ...(failed ? { is_error: true } : {}),
});

/** Thinking that has no signature of Anthropic's is another provider's: it is left out. */
function assistantBlocks(part: AssistantMessage['content'][number]): Block[] {
  const { block, signature, redacted, written } = anthropicData(part);
  if (block !== undefined) return [block as unknown as Block];
  switch (part.type) {
    case 'text': {
      const text = written ?? part.text;
      return isBlank(text) ? [] : [{ type: 'text', text }];
    }
    case 'reasoning':
      if (redacted !== undefined) return [{ type: 'redacted_thinking', data: redacted }];
      return signature === undefined ? [] : [{ type: 'thinking', thinking: part.text, signature }];
    case 'tool-call':
      return [{ type: 'tool_use', id: part.id, name: part.tool, input: inputOf(written ?? part.arguments) }];
  }
}

/** Anthropic takes only objects. What the model wrote otherwise is shown to it, so that it sees its mistake. */
function inputOf(text: string): object {
  try {
    const value: unknown = JSON.parse(text);
    if (typeof value === 'object' && value !== null && !Array.isArray(value)) return value;
  } catch {
    // Malformed: see below.
  }
  return text.trim() === '' ? {} : { malformed: text };
}

const isBlank = (text: string): boolean => text.trim() === '';
