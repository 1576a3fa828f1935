import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import Anthropic from '@anthropic-ai/sdk';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { anthropic } from '../src/index.js';
import { ask, errorOf, modelOf, options } from './harness.js';
import { type Answer, failure, json, message, startWireServer, text, type WireServer } from './wire-server.js';

describe('a failure of the provider', () => {
  let server: WireServer;
  beforeAll(async () => {
    server = await startWireServer();
  });
  afterAll(() => server.stop());

  const errorFor = (answer: Answer) => {
    server.answer(answer);
    return errorOf(modelOf(server).generate(ask('Hello'), options()));
  };

  it.each([
    [400, 'invalid_request_error', 'messages: field required', 'model-request-invalid', false],
    [400, 'invalid_request_error', 'prompt is too long: 210000 tokens > 200000 maximum', 'model-context-length', false],
    [
      400,
      'invalid_request_error',
      'input length and `max_tokens` exceed context limit: 1 + 2 > 2',
      'model-context-length',
      false,
    ],
    [400, 'invalid_request_error', 'Output blocked by content filtering policy', 'model-content-filter', false],
    [400, 'invalid_request_error', 'Your credit balance is too low to access the API.', 'model-auth', false],
    [401, 'authentication_error', 'invalid x-api-key', 'model-auth', false],
    [402, 'billing_error', 'Check your payment details', 'model-auth', false],
    [403, 'permission_error', 'not permitted', 'model-auth', false],
    [404, 'not_found_error', 'model: claude-x', 'model-request-invalid', false],
    [413, 'request_too_large', 'Request exceeds the maximum size', 'model-context-length', false],
    [429, 'rate_limit_error', 'Too many tokens', 'model-rate-limited', true],
    [500, 'api_error', 'Internal server error', 'model-overloaded', true],
    [504, 'timeout_error', 'Timed out', 'model-timeout', true],
    [529, 'overloaded_error', 'Overloaded', 'model-overloaded', true],
  ])('of HTTP %d, %s: %s is %s', async (status, type, words, code, retryable) => {
    const error = await errorFor(failure(status, type, words));
    expect(error).toMatchObject({ code, retryable, details: { status, requestId: 'req_1' } });
    expect(error.message).toBe(`Model 'anthropic:claude-haiku-4-5': ${words} (HTTP ${status}, request req_1)`);
  });

  it('is asked once: retries are the business of the runtime', async () => {
    const before = server.seen.length;
    await errorFor(failure(529, 'overloaded_error', 'Overloaded'));
    expect(server.seen.length - before).toBe(1);
  });

  it('says how long to wait', async () => {
    const error = await errorFor(failure(429, 'rate_limit_error', 'Slow down', { 'retry-after': '3' }));
    expect(error.details).toMatchObject({ retryAfter: 3000 });
  });

  it('that the provider says not to try again is not', async () => {
    const spent = failure(429, 'rate_limit_error', 'Spent', {}, { error_code: 'enforced_spend_limit_reached' });
    expect(await errorFor(spent)).toMatchObject({ code: 'model-rate-limited', retryable: false });
    const final = failure(500, 'api_error', 'Broken', { 'x-should-retry': 'false' });
    expect(await errorFor(final)).toMatchObject({ code: 'model-overloaded', retryable: false });
  });

  it('about schemas says which option helps', async () => {
    const error = await errorFor(failure(400, 'invalid_request_error', 'The compiled grammar is too large.'));
    expect(error.message).toContain('Give anthropic(…, { strictTools: false }), or simpler schemas.');
  });

  it('that is no message cannot be read', async () => {
    expect(await errorFor(json('{"hello":"world"}'))).toMatchObject({ code: 'model-response-malformed' });
    expect(await errorFor(json('{"content": ['))).toMatchObject({ code: 'model-response-malformed' });
    const page: Answer = (response) =>
      void response.writeHead(200, { 'content-type': 'text/html' }).end('<p>Hello</p>');
    expect(await errorFor(page)).toMatchObject({ code: 'model-response-malformed' });
  });

  it('in words that are no JSON is told as it is', async () => {
    const error = await errorFor((response) => void response.writeHead(502).end('Bad gateway'));
    expect(error).toMatchObject({ code: 'model-overloaded', retryable: true });
    expect(error.message).toContain('Bad gateway');
  });

  it('of the connection says what was tried', async () => {
    const gone = await startWireServer();
    await gone.stop();
    const error = await errorOf(modelOf(gone).generate(ask('Hello'), options()));
    expect(error).toMatchObject({ code: 'model-connection', retryable: true });
    expect(error.message).toContain('ECONNREFUSED');
    expect(await errorFor((response) => void response.socket?.destroy())).toMatchObject({ code: 'model-connection' });
  });

  it('never tells a key', async () => {
    const error = await errorFor(failure(401, 'authentication_error', 'invalid x-api-key'));
    expect(JSON.stringify({ ...error, stack: error.stack, cause: error.cause })).not.toContain('sk-ant-secret');
    expect(error.cause).toBeUndefined();
  });

  it('is not told when the call is aborted: the reason is, and the socket closes', async () => {
    const own = await startWireServer();
    const controller = new AbortController();
    own.answer(() => controller.abort(new Error('enough')));
    const error = await errorOf(modelOf(own).generate(ask('Hello'), options(controller.signal)));

    expect(error).toBe(controller.signal.reason);
    await own.closed;
    await own.stop();
  });

  it('of a call that is aborted before it begins: nothing is sent', async () => {
    const before = server.seen.length;
    const reason = new Error('enough');
    expect(await errorOf(modelOf(server).generate(ask('Hello'), options(AbortSignal.abort(reason))))).toBe(reason);
    expect(server.seen.length).toBe(before);
  });
});

describe('without a key', () => {
  const names = ['ANTHROPIC_API_KEY', 'ANTHROPIC_AUTH_TOKEN', 'ANTHROPIC_PROFILE', 'ANTHROPIC_CONFIG_DIR'] as const;
  const before = names.map((name) => [name, process.env[name]] as const);
  beforeAll(() => {
    for (const name of names) delete process.env[name];
    process.env.ANTHROPIC_CONFIG_DIR = mkdtempSync(join(tmpdir(), 'anthropic-'));
  });
  afterAll(() => {
    for (const [name, value] of before) {
      if (value === undefined) delete process.env[name];
      else process.env[name] = value;
    }
  });

  it('says which variable and which option to set', async () => {
    const error = await errorOf(anthropic('claude-haiku-4-5').generate(ask('Hello'), options()));
    expect(error).toMatchObject({ code: 'model-auth', retryable: false });
    expect(error.message).toBe("Model 'anthropic:claude-haiku-4-5' has no API key.");
    expect(error.hint).toBe('Set the environment variable ANTHROPIC_API_KEY, or give anthropic(…, { apiKey }).');
  });

  it('says so of one in the environment that no header can hold, which is not told', async () => {
    process.env.ANTHROPIC_API_KEY = 'sk-ant-\u20ac';
    try {
      const error = await errorOf(anthropic('claude-haiku-4-5').generate(ask('Hello'), options()));
      expect(error).toMatchObject({ code: 'model-auth', retryable: false });
      expect(error.message).toContain('has an API key with characters that no HTTP header can hold.');
    } finally {
      delete process.env.ANTHROPIC_API_KEY;
    }
  });

  it('a client that is shared has its own, and none of its retries', async () => {
    const server = await startWireServer();
    const client = new Anthropic({ apiKey: 'sk-ant-shared', baseURL: server.url, maxRetries: 5, timeout: 1 });
    server.answer(json(message([text('Hi.')])), failure(529, 'overloaded_error', 'Overloaded'));
    const model = anthropic('claude-haiku-4-5', { client });

    await model.generate(ask('Hello'), options());
    expect(await errorOf(model.generate(ask('Hello'), options()))).toMatchObject({ code: 'model-overloaded' });
    expect(server.seen.map(({ headers }) => headers.authorization)).toEqual(Array(2).fill('Bearer sk-ant-shared'));
    await server.stop();
  });
});
