import type { AssistantMessage, Message } from '@espalier/core';
import { describe, expect, it } from '@jest/globals';
import { toMessages } from './to-messages.js';

const user = (text: string): Message => ({ role: 'user', content: [{ type: 'text', text }] });
const assistant = (...content: AssistantMessage['content']): Message => ({ role: 'assistant', content });
const block = (text: string) => ({ type: 'text', text });
const convert = (...messages: readonly Message[]) => toMessages(messages, 'anthropic:x');

describe('a conversation in the form of Anthropic', () => {
  it('has system messages apart, wherever they stand', () => {
    const { system, messages } = convert({ role: 'system', content: 'A' }, user('B'), { role: 'system', content: 'C' });
    expect(system).toEqual(['A', 'C']);
    expect(messages).toEqual([{ role: 'user', content: [block('B')] }]);
  });

  it('has no blank text: Anthropic refuses it', () => {
    const { system, messages } = convert(
      { role: 'system', content: ' ' },
      user('B'),
      assistant({ type: 'text', text: '' }),
      user(' \n'),
      user('C'),
    );
    expect(system).toEqual([]);
    expect(messages).toEqual([{ role: 'user', content: [block('B'), block('C')] }]);
  });

  it('has results of tools before what the user says next', () => {
    const { messages } = convert(
      assistant({ type: 'tool-call', id: 't1', tool: 'look', arguments: '{"a":1}' }),
      { role: 'tool', callId: 't1', tool: 'look', content: '', failed: false },
      user('And now?'),
    );
    expect(messages).toEqual([
      { role: 'assistant', content: [{ type: 'tool_use', id: 't1', name: 'look', input: { a: 1 } }] },
      { role: 'user', content: [{ type: 'tool_result', tool_use_id: 't1' }, block('And now?')] },
    ]);
  });

  it.each([
    ['{"a":', { malformed: '{"a":' }],
    ['[1]', { malformed: '[1]' }],
    ['', {}],
  ])('shows the model arguments that are no object: %j', (args, input) => {
    const { messages } = convert(assistant({ type: 'tool-call', id: 't1', tool: 'look', arguments: args }));
    expect(messages[0]?.content).toEqual([{ type: 'tool_use', id: 't1', name: 'look', input }]);
  });

  it('has text and arguments as the model wrote them, where the program saw another shape', () => {
    const provider = { anthropic: { written: '{"value":{"b":2}}' } };
    const { messages } = convert(
      assistant(
        { type: 'text', text: '{"b":2}', provider },
        { type: 'tool-call', id: 't1', tool: 'look', arguments: '{"b":2}', provider },
      ),
    );
    expect(messages[0]?.content).toEqual([
      block('{"value":{"b":2}}'),
      { type: 'tool_use', id: 't1', name: 'look', input: { value: { b: 2 } } },
    ]);
  });

  it('has no thinking of other providers, nor any that nothing proves', () => {
    const { messages } = convert(
      assistant(
        { type: 'reasoning', text: 'Hm.' },
        { type: 'reasoning', text: 'Hm.', provider: { anthropic: 'odd' } },
        { type: 'reasoning', text: 'Hm.', provider: { openai: { signature: 'x' } } },
        { type: 'text', text: 'Yes.', provider: { openai: { id: 'msg_1' } } },
      ),
    );
    expect(messages[0]?.content).toEqual([block('Yes.')]);
  });
});
