import { type Message, userText } from '@espalier/core';
import { describe, expect, it } from '@jest/globals';
import { charactersOf, readConversation } from './conversation.js';

const output = { name: 'Answer', schema: { type: 'object' } };
const read = (messages: readonly Message[]) => readConversation({ messages, output });
const answer = (text: string): Message => ({ role: 'assistant', content: [{ type: 'text', text }] });

describe('readConversation', () => {
  it('tells instructions, task and inputs apart', () => {
    const { instructions, task, sources } = read([
      { role: 'system', content: 'Be brief.' },
      userText('Summarise.\n\n<document path="a.md">\nTides turn.\n</document>'),
    ]);
    expect([instructions, task]).toEqual(['Be brief.', 'Summarise.']);
    expect(sources.map(({ name, texts }) => [name, texts])).toEqual([['document', ['Tides turn.']]]);
  });

  it.each([
    ['a section of that name', 'Answer.\n\n<question>\nWhy do tides turn?\n</question>\n\n<document>\nx\n</document>'],
    ['a field of an input', 'Answer.\n\n<request>\n{"question": "Why do tides turn?"}\n</request>'],
    ['the task', 'Why do tides turn?\n\n<document>\nx\n</document>'],
    ['the beginning of a prompt without sections', 'Why do tides turn?\n\nTides turn. They do.'],
    ['its end', 'Tides turn. They do.\n\nWhy do tides turn?'],
  ])('finds the question in %s', (_, prompt) => {
    expect(read([userText(prompt)]).question).toEqual({ text: 'Why do tides turn?', strength: 1 });
  });

  it('reads what tools gave, but not their failures', () => {
    const result = (content: string, failed: boolean): Message => ({
      role: 'tool',
      callId: 'c',
      tool: 'search',
      content,
      failed,
    });
    const { sources } = read([userText('Go.'), result('Tides turn.', false), result('no index', true)]);
    expect(sources.flatMap(({ texts }) => texts)).toEqual(['Tides turn.']);
  });

  it('counts refusals of answers and the paths that they name', () => {
    const { refused, task } = read([
      userText('Summarise.'),
      answer('{"a": 1}'),
      userText('The answer does not match the schema: $.points[2].quote: too long; $.title: expected text'),
    ]);
    expect(refused).toEqual({ times: 1, paths: ['$.points[2].quote', '$.title'] });
    expect(task).toBe('Summarise.');
  });

  it('takes a new wish after an answer for a new task', () => {
    const { refused, task } = read([userText('Summarise.'), answer('{"a": 1}'), userText('Now about fish.')]);
    expect([refused.times, task]).toEqual([0, 'Now about fish.']);
  });

  it('leaves out what speaks about an earlier answer', () => {
    const { sources } = read([userText('Again.\n\n<previous>\nOld.\n</previous>\n\n<document>\nNew.\n</document>')]);
    expect(sources.map(({ name }) => name)).toEqual(['document']);
  });
});

describe('charactersOf', () => {
  it('counts all text, arguments and files', () => {
    expect(
      charactersOf([
        { role: 'system', content: 'abc' },
        userText('de'),
        { role: 'assistant', content: [{ type: 'tool-call', id: '1', tool: 't', arguments: '{}' }] },
      ]),
    ).toBe(7);
  });
});
