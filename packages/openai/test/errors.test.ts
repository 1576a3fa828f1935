import { EspalierError, serializeError } from '@espalier/core';
import { describe, expect, it } from '@jest/globals';
import { openai, openaiCompatible } from '../src/index.js';
import { ask, call, failureOf, type RawReply, rawServer, readAll } from './harness.js';

const apiKey = 'sk-proj-0123456789abcdefghijklmn';
const error = (
  status: number,
  code: string | null,
  message = 'It failed.',
  more: Partial<RawReply> = {},
): RawReply => ({
  status,
  headers: { 'x-request-id': 'req_1' },
  body: { error: { message, type: 'invalid_request_error', param: null, code } },
  ...more,
});

describe('an error of the server', () => {
  it.each<[string, RawReply, { readonly code: string; readonly retryable: boolean }]>([
    ['a wrong key', error(401, 'invalid_api_key'), { code: 'model-auth', retryable: false }],
    ['a forbidden model', error(403, 'unsupported_country_region_territory'), { code: 'model-auth', retryable: false }],
    ['an unknown model', error(404, 'model_not_found'), { code: 'model-request-invalid', retryable: false }],
    ['a wrong parameter', error(400, 'unknown_parameter'), { code: 'model-request-invalid', retryable: false }],
    [
      'a prompt that is too long',
      error(400, 'context_length_exceeded'),
      { code: 'model-context-length', retryable: false },
    ],
    [
      'a text that is too long',
      error(400, 'string_above_max_length', "Invalid 'input[0].content': string too long. Expected at most 10485760."),
      { code: 'model-context-length', retryable: false },
    ],
    [
      "vLLM's words for it",
      error(400, null, "This model's maximum context length is 8192 tokens."),
      { code: 'model-context-length', retryable: false },
    ],
    [
      "llama.cpp's words for it",
      error(400, null, 'the request exceeds the available context size. try increasing it'),
      { code: 'model-context-length', retryable: false },
    ],
    [
      'a request above the limit of tokens',
      error(
        429,
        'rate_limit_exceeded',
        'Request too large for gpt-5.5 on tokens per min (TPM): Limit 30000, Requested 90000.',
      ),
      { code: 'model-context-length', retryable: false },
    ],
    [
      'a name that is too long',
      error(400, 'string_above_max_length', "Invalid 'tools[0].name': string too long."),
      { code: 'model-request-invalid', retryable: false },
    ],
    [
      'a code that no object has of its own',
      error(400, 'constructor'),
      { code: 'model-request-invalid', retryable: false },
    ],
    ['too many requests', error(429, 'rate_limit_exceeded'), { code: 'model-rate-limited', retryable: true }],
    ['an account without money', error(429, 'insufficient_quota'), { code: 'model-rate-limited', retryable: false }],
    ['a spent credit', error(429, 'credit_balance_exhausted'), { code: 'model-rate-limited', retryable: false }],
    [
      'a limit of spending that is reached',
      error(429, 'project_spend_limit_exceeded'),
      { code: 'model-rate-limited', retryable: false },
    ],
    ['a balance that is spent', error(402, null), { code: 'model-auth', retryable: false }],
    ['a filtered prompt', error(400, 'content_filter'), { code: 'model-content-filter', retryable: false }],
    ['a request that is not understood', error(422, null), { code: 'model-request-invalid', retryable: false }],
    ['a failing server', error(500, 'server_error'), { code: 'model-overloaded', retryable: true }],
    [
      'a server that says not to try again',
      error(500, null, 'No.', { headers: { 'x-should-retry': 'false' } }),
      { code: 'model-overloaded', retryable: false },
    ],
    [
      'a page of a proxy',
      { status: 502, body: '<html><head><title>502 Bad Gateway</title></head></html>' },
      { code: 'model-overloaded', retryable: true },
    ],
  ])('%s', async (_, reply, expected) => {
    await using server = await rawServer(reply, reply);
    for (const api of ['responses', 'chat'] as const) {
      const failure = await failureOf(
        openai('gpt-5.5', { apiKey, baseURL: server.baseURL, api }).generate(ask(), call()),
      );
      expect(EspalierError.is(failure)).toBe(true);
      expect(failure).toMatchObject({ ...expected, details: { status: reply.status } });
    }
  });

  it('says what the server says, with status and id, and nothing of the request', async () => {
    await using server = await rawServer(
      error(429, 'rate_limit_exceeded', 'Slow down.', { headers: { 'retry-after': '2', 'x-request-id': 'req_1' } }),
    );
    const failure = await failureOf(openai('gpt-5.5', { apiKey, baseURL: server.baseURL }).generate(ask(), call()));
    expect(failure.message).toBe("Model 'openai:gpt-5.5': Slow down. (HTTP 429, request req_1)");
    expect(failure.details).toEqual({ status: 429, requestId: 'req_1', retryAfter: 2000 });
    expect(JSON.stringify(serializeError(failure))).not.toContain(apiKey);
    expect(failure.cause).toBeUndefined();
  });

  it('that is a page is told by its title, and long words are cut', async () => {
    await using server = await rawServer(
      { status: 502, body: '<html><head><title>502 Bad Gateway</title></head></html>' },
      error(400, null, 'x'.repeat(5000)),
    );
    const model = openai('gpt-5.5', { apiKey, baseURL: server.baseURL });
    expect((await failureOf(model.generate(ask(), call()))).message).toBe(
      "Model 'openai:gpt-5.5': A page of HTML came back: 502 Bad Gateway. (HTTP 502)",
    );
    expect((await failureOf(model.generate(ask(), call()))).message.length).toBeLessThan(600);
  });

  it.each<[unknown, string, boolean]>([
    [{ error: { code: 502, message: 'Provider returned error' } }, 'model-overloaded', true],
    [{ error: { code: 429, message: 'Busy' } }, 'model-rate-limited', true],
    [{ error: { code: 'insufficient_quota', message: 'Pay.' } }, 'model-rate-limited', false],
    [{ error: { message: 'It broke.' } }, 'model-connection', true],
  ])('within a stream has its code: %j', async (event, code, retryable) => {
    await using server = await rawServer({ events: [event] });
    const failure = await failureOf(readAll(openaiCompatible(server.baseURL, 'llama'), ask()));
    expect(failure).toMatchObject({ code, retryable });
  });
});

describe('a connection', () => {
  it('is not tried with a key that no header can hold, which is not told', async () => {
    const key = process.env.OPENAI_API_KEY;
    process.env.OPENAI_API_KEY = 'geheim\n\u20ac';
    try {
      const failure = await failureOf(openai('gpt-5.5').generate(ask(), call()));
      expect(failure).toMatchObject({ code: 'model-auth' });
      expect(JSON.stringify(serializeError(failure))).not.toContain('geheim');
    } finally {
      if (key === undefined) delete process.env.OPENAI_API_KEY;
      else process.env.OPENAI_API_KEY = key;
    }
  });

  it('that fails tells why', async () => {
    const model = openaiCompatible('http://127.0.0.1:9/v1', 'llama');
    const failure = await failureOf(model.generate(ask(), call()));
    expect(failure).toMatchObject({ code: 'model-connection', retryable: true });
    expect(failure.message).toMatch(/^Model 'openai-compatible:llama': Connection error\. .*(ECONNREFUSED|bad port)/);
  });

  it('needs a key for OpenAI, which is asked for by name', async () => {
    const key = process.env.OPENAI_API_KEY;
    delete process.env.OPENAI_API_KEY;
    try {
      expect(await failureOf(openai('gpt-5.5').generate(ask(), call()))).toMatchObject({
        code: 'model-auth',
        message: "Model 'openai:gpt-5.5' has no API key.",
        hint: 'Set the environment variable OPENAI_API_KEY, or give openai(…, { apiKey }).',
      });
    } finally {
      if (key !== undefined) process.env.OPENAI_API_KEY = key;
    }
  });
});
