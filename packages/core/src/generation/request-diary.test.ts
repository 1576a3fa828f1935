import { type ChatRequest, userText } from '@espalier/core';
import { describe, expect, it } from '@jest/globals';
import { RequestDiary } from './request-diary.js';

const [one, two, three] = [userText('one'), userText('two'), userText('three')];
const tools = [{ name: 'look', description: 'Look', parameters: {} }];

/** What the second request is told as, after the first. */
const second = (first: ChatRequest, then: ChatRequest, node = 'a') => {
  const diary = new RequestDiary();
  expect(diary.entry('a', 'model[1]', first)).toEqual({ request: first });
  return diary.entry(node, 'model[2]', then);
};

describe('a diary of requests', () => {
  it('tells what is new', () => {
    const first: ChatRequest = { messages: [one], tools, toolChoice: 'auto' };
    const then: ChatRequest = { messages: [one, two, three], tools, toolChoice: 'none' };
    expect(second(first, then)).toEqual({
      request: { messages: [two, three], toolChoice: 'none' },
      after: 'model[1]',
    });
    expect(second(first, { ...first })).toEqual({ request: { messages: [] }, after: 'model[1]' });
  });

  it('tells the whole where a message is not the same, one is gone, or a part is', () => {
    for (const then of [
      { messages: [userText('one'), two] },
      { messages: [two, one] },
      { messages: [] },
    ] satisfies ChatRequest[]) {
      expect(second({ messages: [one] }, then)).toEqual({ request: then });
    }
    const without: ChatRequest = { messages: [one, two] };
    expect(second({ messages: [one], tools }, without)).toEqual({ request: without });
  });

  it('tells the whole to another node', () => {
    const then = { messages: [one, two] };
    expect(second({ messages: [one] }, then, 'a/b')).toEqual({ request: then });
  });
});
