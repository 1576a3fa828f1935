import { createOpenAI } from '@ai-sdk/openai';
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

const openai = () => aiSdk(createOpenAI({ apiKey: 'sk-test-0123456789', baseURL: server.url })('gpt-5'));

const usage = {
  input_tokens: 50,
  input_tokens_details: { cached_tokens: 20 },
  output_tokens: 30,
  output_tokens_details: { reasoning_tokens: 10 },
  total_tokens: 80,
};
const answered = (output: readonly unknown[], more = {}) => ({
  id: 'resp_1',
  object: 'response',
  created_at: 1_760_000_000,
  status: 'completed',
  model: 'gpt-5-2025-08-07',
  output,
  usage,
  incomplete_details: null,
  error: null,
  ...more,
});
const text = (value: string, more = {}) => ({
  type: 'message',
  id: 'msg_1',
  role: 'assistant',
  status: 'completed',
  content: [{ type: 'output_text', text: value, annotations: [] }],
  ...more,
});
describe('OpenAI over HTTP, when it fails,', () => {
  it.each([
    [429, { message: 'Rate limit reached', type: 'requests', code: 'rate_limit_exceeded' }, 'model-rate-limited', true],
    [
      429,
      { message: 'You exceeded your current quota', type: 'insufficient_quota', code: 'insufficient_quota' },
      'model-rate-limited',
      false,
    ],
    [
      429,
      { message: 'Your credit is used up', type: 'billing_error', code: 'credit_balance_exhausted' },
      'model-rate-limited',
      false,
    ],
    [
      429,
      { message: 'The limit is reached', type: 'requests', code: 'organization_spend_limit_exceeded' },
      'model-rate-limited',
      false,
    ],
    [
      400,
      {
        message: 'Your input exceeds the context window',
        type: 'invalid_request_error',
        code: 'context_length_exceeded',
      },
      'model-context-length',
      false,
    ],
    [
      400,
      { message: 'Unknown parameter', type: 'invalid_request_error', code: 'unknown_parameter' },
      'model-request-invalid',
      false,
    ],
    [
      401,
      {
        message: 'Incorrect API key provided: sk-test-0123456789',
        type: 'invalid_request_error',
        code: 'invalid_api_key',
      },
      'model-auth',
      false,
    ],
    [500, { message: 'The server had an error', type: 'server_error', code: null }, 'model-overloaded', true],
  ])('reads its errors: %i %j', async (status, error, code, retryable) => {
    server.answer(json({ error }, status, { 'retry-after': '7', 'x-request-id': 'req_9' }));
    const failure = await failureOf(openai().generate({ messages: [userText('?')] }, call()));
    expect(failure).toMatchObject({ code, retryable, details: { status, requestId: 'req_9', retryAfter: 7000 } });
    expect((failure as { cause: object }).cause).not.toHaveProperty('requestBodyValues');
  });

  it('reads errors in the middle of a stream', async () => {
    const created = { type: 'response.created', response: { id: 'resp_1', created_at: 1_760_000_000, model: 'gpt-5' } };
    const item = { type: 'response.output_item.added', output_index: 0, item: text('', { content: [] }) };
    const delta = {
      type: 'response.output_text.delta',
      item_id: 'msg_1',
      output_index: 0,
      content_index: 0,
      delta: 'High ',
    };
    const request: ChatRequest = { messages: [userText('?')] };

    const failed = {
      type: 'response.failed',
      sequence_number: 4,
      response: answered([], { status: 'failed', error: { code: 'rate_limit_exceeded', message: 'Slow down' } }),
    };
    server.answer(events([created, item, delta, failed]));
    expect(await failureOf(collect(openai(), request))).toMatchObject({ code: 'model-rate-limited', retryable: true });

    const error = { type: 'error', code: 'server_error', message: 'Oops', param: null, sequence_number: 3 };
    server.answer(events([created, item, delta, error]));
    expect(await failureOf(collect(openai(), request))).toMatchObject({ code: 'model-overloaded', retryable: true });

    server.answer(events([created, item, delta], { cut: true }));
    expect(await failureOf(collect(openai(), request))).toMatchObject({ code: 'model-connection', retryable: true });

    server.answer(events([created, item, delta]));
    expect(await failureOf(collect(openai(), request))).toMatchObject({ code: 'model-connection', retryable: true });
  });

  it('tells apart what the network and what the provider did wrong', async () => {
    const request: ChatRequest = { messages: [userText('?')] };
    server.answer((response) => void response.destroy());
    expect(await failureOf(openai().generate(request, call()))).toMatchObject({
      code: 'model-connection',
      retryable: true,
    });

    server.answer((response) => {
      response.writeHead(200, { 'content-type': 'application/json', 'content-length': '999' });
      response.write('{"id":');
      setImmediate(() => response.destroy());
    });
    expect(await failureOf(openai().generate(request, call()))).toMatchObject({
      code: 'model-connection',
      retryable: true,
    });

    server.answer((response) => void response.writeHead(200, { 'content-type': 'text/html' }).end('<html>'));
    expect(await failureOf(openai().generate(request, call()))).toMatchObject({
      code: 'model-response-malformed',
      retryable: true,
    });

    const closed = await startLocalServer();
    await closed.close();
    const nowhere = aiSdk(createOpenAI({ apiKey: 'k', baseURL: closed.url })('gpt-5'));
    expect(await failureOf(nowhere.generate(request, call()))).toMatchObject({
      code: 'model-connection',
      retryable: true,
    });
  });

  it('says which variable holds the key', async () => {
    const before = process.env.OPENAI_API_KEY;
    delete process.env.OPENAI_API_KEY;
    const failure = await failureOf(
      aiSdk(createOpenAI({ baseURL: server.url })('gpt-5')).generate({ messages: [userText('?')] }, call()),
    );
    if (before !== undefined) process.env.OPENAI_API_KEY = before;
    expect(failure).toMatchObject({ code: 'model-auth', retryable: false });
    expect((failure as Error).message).toContain('OPENAI_API_KEY');
  });
});
