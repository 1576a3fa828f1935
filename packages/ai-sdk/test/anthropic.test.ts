import { createAnthropic } from '@ai-sdk/anthropic';
import { aiSdk } from '@espalier/ai-sdk';
import type { ChatRequest } from '@espalier/core';
import { userText } from '@espalier/core';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { call, collect, failureOf } from './collect.js';
import { events, json, type LocalServer, startLocalServer } from './local-server.js';

let server: LocalServer;
beforeAll(async () => {
  server = await startLocalServer();
});
afterAll(() => server.close());

const claude = (id = 'claude-sonnet-4-5') => aiSdk(createAnthropic({ apiKey: 'test-key', baseURL: server.url })(id));
const sent = () => server.requests.at(-1);
const usage = { input_tokens: 20, cache_read_input_tokens: 100, cache_creation_input_tokens: 30, output_tokens: 12 };
const answered = (content: readonly unknown[], stop_reason: string, more = {}) => ({
  type: 'message',
  id: 'msg_1',
  role: 'assistant',
  model: 'claude-sonnet-4-5-20250929',
  content,
  stop_reason,
  stop_sequence: null,
  usage,
  ...more,
});
const tide = {
  name: 'tide',
  description: 'Looks up a tide',
  parameters: { type: 'object', properties: { port: { type: 'string' } } },
};

describe('Anthropic over HTTP', () => {
  it('carries thoughts back with their signatures, and hidden ones too', async () => {
    const content = [
      { type: 'thinking', thinking: 'Look it up.', signature: 'c2ln' },
      { type: 'redacted_thinking', data: 'ZGF0YQ==' },
      { type: 'text', text: 'One moment.' },
      { type: 'tool_use', id: 'toolu_1', name: 'tide', input: { port: 'Brest' } },
    ];
    const request: ChatRequest = {
      messages: [userText('?')],
      tools: [tide],
      settings: { reasoning: 'low', maxOutputTokens: 8000 },
    };
    server.answer(json(answered(content, 'tool_use'), 200, { 'request-id': 'req_a1' }));
    const { message, ...first } = await claude().generate(request, call());
    expect(first).toMatchObject({
      finishReason: 'tool-calls',
      requestId: 'req_a1',
      usage: { inputTokens: 150, cachedInputTokens: 100, cacheWriteTokens: 30, outputTokens: 12 },
    });

    server.answer(json(answered([{ type: 'text', text: 'At 04:10.' }], 'end_turn')));
    const result = { role: 'tool', callId: 'toolu_1', tool: 'tide', content: 'no such port', failed: true } as const;
    await claude().generate({ ...request, messages: [...request.messages, message, result] }, call());
    expect(sent()?.body.messages[1]).toEqual({ role: 'assistant', content });
    expect(sent()?.body.messages[2].content).toEqual([
      { type: 'tool_result', tool_use_id: 'toolu_1', content: 'no such port', is_error: true },
    ]);
  });

  it('asks for a cache of the prompt, and for one tool call at a time', async () => {
    server.answer(json(answered([{ type: 'text', text: 'Yes.' }], 'end_turn')));
    const settings = { promptCache: true, parallelToolCalls: false, maxOutputTokens: 100 };
    await claude().generate({ messages: [userText('?')], tools: [tide], toolChoice: 'auto', settings }, call());
    expect(sent()?.body).toMatchObject({
      cache_control: { type: 'ephemeral' },
      tool_choice: { type: 'auto', disable_parallel_tool_use: true },
    });
  });

  it('gives malformed arguments back as none: the result tells what was wrong', async () => {
    server.answer(json(answered([{ type: 'text', text: 'Yes.' }], 'end_turn')));
    const wrong = (id: string, text: string) => ({ type: 'tool-call', id, tool: 'tide', arguments: text }) as const;
    await claude().generate(
      {
        messages: [
          userText('?'),
          {
            role: 'assistant',
            content: [{ type: 'text', text: '' }, wrong('t1', '{"port":'), wrong('t2', '["Brest"]')],
          },
          { role: 'tool', callId: 't1', tool: 'tide', content: 'no JSON', failed: true },
          { role: 'tool', callId: 't2', tool: 'tide', content: 'no object', failed: true },
        ],
        tools: [tide],
      },
      call(),
    );
    expect(sent()?.body.messages[1].content).toMatchObject([
      { type: 'tool_use', id: 't1', input: {} },
      { type: 'tool_use', id: 't2', input: {} },
    ]);
    expect(sent()?.body.messages).toHaveLength(3);
  });

  it('streams thoughts and calls', async () => {
    const start = (index: number, content_block: unknown) => ({ type: 'content_block_start', index, content_block });
    const delta = (index: number, part: unknown) => ({ type: 'content_block_delta', index, delta: part });
    const stop = (index: number) => ({ type: 'content_block_stop', index });
    server.answer(
      events(
        [
          { type: 'message_start', message: answered([], 'x', { stop_reason: null }) },
          start(0, { type: 'thinking', thinking: '', signature: '' }),
          delta(0, { type: 'thinking_delta', thinking: 'Look ' }),
          delta(0, { type: 'thinking_delta', thinking: 'it up.' }),
          delta(0, { type: 'signature_delta', signature: 'c2ln' }),
          stop(0),
          { type: 'ping' },
          start(1, { type: 'tool_use', id: 'toolu_1', name: 'tide', input: {} }),
          delta(1, { type: 'input_json_delta', partial_json: '{"port":' }),
          delta(1, { type: 'input_json_delta', partial_json: '"Brest"}' }),
          stop(1),
          {
            type: 'message_delta',
            delta: { stop_reason: 'tool_use', stop_sequence: null },
            usage: { output_tokens: 12 },
          },
          { type: 'message_stop' },
        ],
        { headers: { 'request-id': 'req_a2' } },
      ),
    );
    const { chunks, response } = await collect(claude(), {
      messages: [userText('?')],
      tools: [tide],
      settings: { maxOutputTokens: 100 },
    });
    expect(chunks).toEqual([
      { type: 'reasoning-delta', text: 'Look ' },
      { type: 'reasoning-delta', text: 'it up.' },
      { type: 'tool-call-delta', id: 'toolu_1', tool: 'tide', arguments: '{"port":' },
      { type: 'tool-call-delta', id: 'toolu_1', tool: 'tide', arguments: '"Brest"}' },
    ]);
    expect(response).toMatchObject({
      finishReason: 'tool-calls',
      requestId: 'req_a2',
      message: {
        content: [
          {
            type: 'reasoning',
            text: 'Look it up.',
            provider: { 'ai-sdk': { metadata: { anthropic: { signature: 'c2ln' } } } },
          },
          { type: 'tool-call', arguments: '{"port":"Brest"}' },
        ],
      },
    });
  });

  it.each([
    [529, { type: 'overloaded_error', message: 'Overloaded' }, 'model-overloaded'],
    [429, { type: 'rate_limit_error', message: 'Too many' }, 'model-rate-limited'],
    [
      400,
      { type: 'invalid_request_error', message: 'prompt is too long: 250000 tokens > 200000 maximum' },
      'model-context-length',
    ],
    [413, { type: 'request_too_large', message: 'Request exceeds the maximum size' }, 'model-context-length'],
    [403, { type: 'permission_error', message: 'No access' }, 'model-auth'],
  ])('reads its errors: %i %j', async (status, error, code) => {
    server.answer(json({ type: 'error', error, request_id: 'req_x' }, status, { 'request-id': 'req_x' }));
    const failure = await failureOf(claude().generate({ messages: [userText('?')] }, call()));
    expect(failure).toMatchObject({ code, details: { status, requestId: 'req_x' } });
  });

  it('reads errors in the middle of a stream, and refusals', async () => {
    const begun = [
      { type: 'message_start', message: answered([], 'x', { stop_reason: null }) },
      { type: 'content_block_start', index: 0, content_block: { type: 'text', text: '' } },
      { type: 'content_block_delta', index: 0, delta: { type: 'text_delta', text: 'High ' } },
    ];
    server.answer(events([...begun, { type: 'error', error: { type: 'overloaded_error', message: 'Overloaded' } }]));
    const failure = await failureOf(collect(claude(), { messages: [userText('?')] }));
    expect(failure).toMatchObject({ code: 'model-overloaded', retryable: true });

    server.answer(json(answered([], 'refusal')));
    const refused = await claude().generate({ messages: [userText('?')] }, call());
    expect(refused.finishReason).toBe('refusal');
  });
});
