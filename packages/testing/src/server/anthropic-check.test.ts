import { describe, expect, it } from '@jest/globals';
import { anthropicMessages } from './anthropic-messages.js';
import { seal } from './ids.js';
import type { Body, Memory } from './provider-api.js';

const user = (...content: Body[]): Body => ({ role: 'user', content: content.length === 0 ? 'Hi' : content });
const assistant = (...content: Body[]): Body => ({ role: 'assistant', content });
const text = { type: 'text', text: 'Well.' };
const use = (id = 'toolu_1'): Body => ({ type: 'tool_use', id, name: 'search', input: {} });
const result = (id = 'toolu_1'): Body => ({ type: 'tool_result', tool_use_id: id, content: 'found' });
const thinking = { type: 'thinking', thinking: 'Hm.', signature: seal('Hm.') };
const tools = [{ name: 'search', input_schema: { type: 'object', properties: {} } }];
const on = { max_tokens: 4096, thinking: { type: 'enabled', budget_tokens: 1024 } };
const format = (schema: Body): Body => ({ output_config: { format: { type: 'json_schema', schema } } });
const recursive = {
  $ref: '#/$defs/node',
  $defs: {
    node: {
      type: 'object',
      properties: { next: { anyOf: [{ $ref: '#/$defs/node' }, { type: 'null' }] } },
      required: ['next'],
      additionalProperties: false,
    },
  },
};
const strictTools = Array.from({ length: 21 }, (_, index) => ({
  name: `tool_${index}`,
  strict: true,
  input_schema: { type: 'object', properties: {}, additionalProperties: false },
}));
const cached = { type: 'text', text: 'x', cache_control: { type: 'ephemeral' } };

const memory: Memory = { reasoning: new Map([[seal('Hm.'), 'Hm.']]), calls: new Map([['toolu_1', seal('Hm.')]]) };
const refused = (
  more: Body,
  headers: Record<string, string> = { 'anthropic-version': '2023-06-01' },
): string | undefined =>
  anthropicMessages.check(
    { model: 'claude-haiku-4-5', max_tokens: 100, messages: [user()], ...more },
    (name) => headers[name],
    memory,
  )?.message;

describe('the Messages API', () => {
  it.each<[string, Body]>([
    ['turns of both roles', { system: 'S', messages: [user(), assistant(text), user()] }],
    [
      'calls with their results',
      { tools, messages: [user(), assistant(text, use('a'), use('b')), user(result('b'), result('a'), text)] },
    ],
    ['thinking with its call', { ...on, tools, messages: [user(), assistant(thinking, use()), user(result())] }],
    [
      'a call without its thinking while it does not think',
      { tools, messages: [user(), assistant(use()), user(result())] },
    ],
    [
      'an image',
      { messages: [user({ type: 'image', source: { type: 'base64', media_type: 'image/png', data: 'AAAA' } })] },
    ],
    [
      'a document',
      { messages: [user({ type: 'document', source: { type: 'url', url: 'https://example.com/a.pdf' } })] },
    ],
    [
      'an answer with an optional field',
      format({ type: 'object', properties: { a: { type: 'string' } }, additionalProperties: false }),
    ],
    ['four breakpoints', { system: [cached, cached, cached, cached] }],
  ])('takes %s', (_what, more) => {
    expect(refused(more)).toBeUndefined();
  });

  it.each<[string, Body, string]>([
    ['a field of another API', { seed: 1 }, 'seed: Extra inputs are not permitted'],
    ['a field that is in beta', { mcp_servers: [] }, 'mcp_servers: Extra inputs are not permitted'],
    ['no bound of tokens', { max_tokens: undefined }, 'max_tokens: Field required'],
    ['too hot', { temperature: 1.5 }, 'temperature: range: 0..1'],
    ['no messages', { messages: [] }, 'at least one message is required'],
    ['an assistant that begins', { messages: [assistant(text)] }, 'first message must use the "user" role'],
    ['a system message', { messages: [user(), { role: 'system', content: 'S' }] }, 'Unexpected role "system"'],
    ['two users in a row', { messages: [user(), user()] }, 'roles must alternate'],
    ['an empty message', { messages: [{ role: 'user', content: '' }] }, 'must have non-empty content'],
    ['an empty text', { messages: [user({ type: 'text', text: '' })] }, 'must contain non-whitespace text'],
    [
      'a last word with a space after it',
      { messages: [user(), assistant({ type: 'text', text: 'Well ' })] },
      'trailing whitespace',
    ],
    [
      'a result by the assistant',
      { messages: [user(), assistant(result())] },
      'not allowed in a message of the role assistant',
    ],
    [
      'a call without a result',
      { tools, messages: [user(), assistant(use('a')), user(text)] },
      'without `tool_result` blocks immediately after: a',
    ],
    [
      'one result for two calls',
      { tools, messages: [user(), assistant(use('a'), use('b')), user(result('a'))] },
      'immediately after: b',
    ],
    [
      'a result without a call',
      { messages: [user(), assistant(text), user(result('a'))] },
      'unexpected `tool_use_id` found in `tool_result` blocks: a',
    ],
    [
      'two results for one call',
      { messages: [user(), assistant(use('a')), user(result('a'), result('a'))] },
      'must have a single result',
    ],
    [
      'a text before the results',
      { messages: [user(), assistant(use('a')), user(text, result('a'))] },
      'must come before other content',
    ],
    [
      'arguments that are no object',
      { messages: [user(), assistant({ ...use('a'), input: '{}' }), user(result('a'))] },
      'Input should be a valid dictionary',
    ],
    [
      'thinking that was changed',
      { messages: [user(), assistant({ ...thinking, thinking: 'Ha.' }, text), user()] },
      'Invalid `signature`',
    ],
    [
      'a call without its thinking',
      { ...on, tools, messages: [user(), assistant(use()), user(result())] },
      'must start with a thinking block',
    ],
    [
      'too little to think with',
      { thinking: { type: 'enabled', budget_tokens: 100 } },
      'greater than or equal to 1024',
    ],
    [
      'thinking that leaves nothing',
      { thinking: { type: 'enabled', budget_tokens: 2000 } },
      '`max_tokens` must be greater',
    ],
    ['thinking at a temperature', { ...on, temperature: 0 }, 'may only be set to 1'],
    ['thinking with a forced tool', { ...on, tools, tool_choice: { type: 'any' } }, 'Thinking may not be enabled'],
    [
      'a tool in the form of OpenAI',
      { tools: [{ type: 'function', name: 'a', parameters: {} }, ...tools, { name: 'b' }] },
      'input_schema: Field required',
    ],
    ['an unknown choice', { tools, tool_choice: 'auto' }, 'tool_choice'],
    ['a choice of an unknown tool', { tools, tool_choice: { type: 'tool', name: 'other' } }, "Tool 'other' not found"],
    ['a choice without tools', { tool_choice: { type: 'any' } }, 'only be specified while providing tools'],
    ['an open answer', format({ type: 'object', properties: {} }), "'additionalProperties' is required"],
    ['an answer with a length', format({ type: 'string', minLength: 1 }), "'minLength' is not permitted"],
    [
      'an unknown media type',
      { messages: [user({ type: 'image', source: { type: 'base64', media_type: 'image/bmp', data: 'AAAA' } })] },
      'base64.media_type',
    ],
    [
      'data with its URL before it',
      {
        messages: [
          user({
            type: 'image',
            source: { type: 'base64', media_type: 'image/png', data: 'data:image/png;base64,AAAA' },
          }),
        ],
      },
      'valid base64',
    ],
    [
      'an answer with at least two items',
      format({ type: 'array', items: { type: 'string' }, minItems: 2 }),
      "'minItems' of 2",
    ],
    ['an answer that contains itself', format(recursive), "recursive schemas are not supported: '#/$defs/node'"],
    ['an answer that points elsewhere', format({ $ref: 'https://example.com/schema' }), 'within the schema'],
    ['too many strict tools', { tools: strictTools }, 'Too many strict tools (21)'],
    ['five breakpoints', { system: [cached, cached, cached, cached, cached] }, 'Found 5'],
  ])('refuses %s', (_what, more, message) => {
    expect(refused(more)).toContain(message);
  });

  it('wants its version in a header, and takes what is in beta with another', () => {
    const beta = { 'anthropic-version': '2023-06-01', 'anthropic-beta': 'mcp-client-2025-11-20' };

    expect(refused({}, {})).toBe('anthropic-version: header is required');
    expect(refused({ mcp_servers: [] }, beta)).toBeUndefined();
  });
});
