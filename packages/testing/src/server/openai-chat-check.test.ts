import { describe, expect, it } from '@jest/globals';
import { openaiChat } from './openai-chat.js';
import type { Body } from './provider-api.js';

const user = { role: 'user', content: 'Hi' };
const callOf = (id: string): Body => ({ id, type: 'function', function: { name: 'search', arguments: '{}' } });
const calls = (...ids: string[]): Body => ({ role: 'assistant', content: null, tool_calls: ids.map(callOf) });
const result = (id: string): Body => ({ role: 'tool', tool_call_id: id, content: 'found' });
const strict = { type: 'object', properties: { a: { type: 'string' } }, required: ['a'], additionalProperties: false };
const tools = [{ type: 'function', function: { name: 'search', parameters: strict, strict: true } }];
const format = (more: Body): Body => ({ response_format: { type: 'json_schema', json_schema: more } });

const refused = (more: Body): string | undefined =>
  openaiChat.check({ model: 'gpt-5.5', messages: [user], ...more }, () => undefined, {
    reasoning: new Map(),
    calls: new Map(),
  })?.message;

describe('the Chat Completions API', () => {
  it.each<[string, Body]>([
    ['all roles', { messages: [{ role: 'system', content: 'S' }, user, { role: 'assistant', content: 'A' }, user] }],
    ['calls with their results', { messages: [user, calls('a', 'b'), result('b'), result('a'), user], tools }],
    [
      'an image',
      {
        messages: [{ role: 'user', content: [{ type: 'image_url', image_url: { url: 'https://example.com/a.png' } }] }],
      },
    ],
    ['a choice of one tool', { tools, tool_choice: { type: 'function', function: { name: 'search' } } }],
    ['a strict answer', format({ name: 'answer', strict: true, schema: strict })],
    ['the usage of a stream', { stream: true, stream_options: { include_usage: true } }],
  ])('takes %s', (_what, more) => {
    expect(refused(more)).toBeUndefined();
  });

  it.each<[string, Body, string]>([
    ['a field of another API', { input: 'Hi' }, "Unknown parameter: 'input'."],
    ['no messages', { messages: [] }, "Invalid 'messages': empty array"],
    ['an unknown role', { messages: [{ role: 'robot', content: 'x' }] }, "Invalid value: 'robot'"],
    ['no content', { messages: [{ role: 'user' }] }, "Invalid value for 'content': expected a string, got nothing."],
    [
      'a part of another API',
      { messages: [{ role: 'user', content: [{ type: 'input_text', text: 'x' }] }] },
      "Invalid value: 'input_text'",
    ],
    [
      'a file without a name',
      {
        messages: [
          { role: 'user', content: [{ type: 'file', file: { file_data: 'data:application/pdf;base64,AAAA' } }] },
        ],
      },
      'filename',
    ],
    [
      'a file that is no URL',
      { messages: [{ role: 'user', content: [{ type: 'file', file: { file_data: 'AAAA', filename: 'a' } }] }] },
      'Expected a valid URL',
    ],
    ['no calls', { messages: [user, { role: 'assistant', content: 'x', tool_calls: [] }] }, '[] is too short'],
    [
      'a call without a result',
      { messages: [user, calls('a', 'b'), result('a'), user] },
      'did not have response messages: b',
    ],
    [
      'a result later than right after',
      { messages: [user, calls('a'), user, result('a')] },
      'did not have response messages: a',
    ],
    ['a result without a call', { messages: [user, result('a')] }, "messages with role 'tool' must be a response"],
    ['a result of another call', { messages: [user, calls('a'), result('b')] }, "'tool_call_id' of 'b' not found"],
    [
      'a result twice',
      { messages: [user, calls('a'), result('a'), result('a')] },
      "messages with role 'tool' must be a response",
    ],
    [
      'a tool in the form of Responses',
      { tools: [{ type: 'function', name: 'search' }] },
      "Missing required parameter: 'tools[0].function'.",
    ],
    ['no tools', { tools: [] }, "Invalid 'tools': empty array"],
    ['parallel calls of no tools', { parallel_tool_calls: true }, "only allowed when 'tools' are specified"],
    [
      'stream options of no stream',
      { stream_options: { include_usage: true } },
      "only allowed when 'stream' is enabled",
    ],
    ['too many stops', { stop: ['a', 'b', 'c', 'd', 'e'] }, 'maximum length 4'],
    [
      'an open strict schema',
      format({ name: 'answer', strict: true, schema: { type: 'object' } }),
      "'additionalProperties' is required",
    ],
    ['an answer without a name', format({ schema: strict }), "'response_format.json_schema.name'"],
    ['an unknown format', { response_format: { type: 'xml' } }, "Invalid value: 'xml'"],
  ])('refuses %s', (_what, more, message) => {
    expect(refused(more)).toContain(message);
  });
});
