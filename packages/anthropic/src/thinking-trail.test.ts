import type { AssistantMessage, ChatRequest, Message } from '@espalier/core';
import { describe, expect, it } from '@jest/globals';
import { fromResponse } from './from-response.js';
import { toRequest } from './to-request.js';

const user = (text: string): Message => ({ role: 'user', content: [{ type: 'text', text }] });
const rules: Message = { role: 'system', content: 'Be brief.' };

/** What a model answers to a request, with a thought. */
function answer(request: ChatRequest, model: string, thought: string): AssistantMessage {
  const content = [
    { type: 'thinking' as const, thinking: thought, signature: `signed:${thought}` },
    { type: 'redacted_thinking' as const, data: 'secret' },
    { type: 'text' as const, text: 'Yes.', citations: null },
  ];
  const wire = { content, model, stop_reason: 'end_turn', usage: {} };
  return JSON.parse(JSON.stringify(fromResponse(wire, toRequest(request, model)).message)) as AssistantMessage;
}

/** The thoughts that a request carries back. */
const thoughtsIn = (request: ChatRequest, model: string): unknown[] =>
  toRequest(request, model)
    .params.messages.flatMap(({ content }) => (Array.isArray(content) ? content : []))
    .flatMap((block) =>
      block.type === 'thinking' ? [block.thinking] : block.type === 'redacted_thinking' ? ['…'] : [],
    );

/** A conversation of two answers, with its third question. */
function conversation(
  model: string,
): readonly [Message, Message, AssistantMessage, Message, AssistantMessage, Message] {
  const first = answer({ messages: [rules, user('A')] }, model, 'one');
  const second = answer({ messages: [rules, user('A'), first, user('B')] }, model, 'two');
  return [rules, user('A'), first, user('B'), second, user('C')];
}

describe('thinking that is bound to what it was written after', () => {
  const model = 'claude-haiku-5-5';
  const messages = conversation(model);
  const [, question, first, next, second, last] = messages;

  it('goes back where all of that is the same', () => {
    expect(thoughtsIn({ messages }, model)).toEqual(['one', '…', 'two', '…']);
    const settings = { promptCache: true, maxOutputTokens: 5 };
    expect(thoughtsIn({ messages, settings }, model)).toEqual(['one', '…', 'two', '…']);
  });

  it('is left out behind other instructions, tools or messages, and so is what was written later', () => {
    const tools = [{ name: 'look', description: '', parameters: { type: 'object', properties: {} } }];
    const other: Message = { role: 'system', content: 'Be long.' };
    expect(thoughtsIn({ messages: [other, question, first, next, second, last] }, model)).toEqual([]);
    expect(thoughtsIn({ messages, tools }, model)).toEqual([]);
    expect(thoughtsIn({ messages: [rules, next, second, last] }, model)).toEqual([]);
    expect(thoughtsIn({ messages: [rules, user('A!'), first, next, second, last] }, model)).toEqual([]);
  });

  it('keeps what stands before the place of a change', () => {
    expect(thoughtsIn({ messages: [rules, question, first, user('B!'), second, last] }, model)).toEqual(['one', '…']);
  });

  it('does not go to another model, nor does its', () => {
    expect(thoughtsIn({ messages }, 'claude-opus-5-5')).toEqual([]);
    expect(thoughtsIn({ messages: conversation('claude-haiku-4-5') }, model)).toEqual([]);
  });

  it('leaves the words of a turn where they are', () => {
    const { params } = toRequest({ messages: [rules, next, second, last] }, model);
    expect(params.messages[1]).toEqual({ role: 'assistant', content: [{ type: 'text', text: 'Yes.' }] });
  });
});

describe('thinking of older models', () => {
  it('goes back in any case', () => {
    const [, question, first] = conversation('claude-haiku-4-5');
    const messages = [{ role: 'system', content: 'Other.' }, question, first, user('B')] as const;
    expect(thoughtsIn({ messages }, 'claude-haiku-4-5')).toEqual(['one', '…']);
    expect(first.content[0]).toEqual({
      type: 'reasoning',
      text: 'one',
      provider: { anthropic: { signature: 'signed:one' } },
    });
  });
});
