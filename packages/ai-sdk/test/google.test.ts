import { createGoogle } from '@ai-sdk/google';
import { aiSdk } from '@espalier/ai-sdk';
import type { ChatRequest, Message } from '@espalier/core';
import { userText } from '@espalier/core';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { call, collect, failureOf, streamOf } from './collect.js';
import { events, hang, json, type LocalServer, startLocalServer } from './local-server.js';

let server: LocalServer;
beforeAll(async () => {
  server = await startLocalServer();
});
afterAll(() => server.close());

const gemini = (id = 'gemini-3-pro-preview', options = {}) =>
  aiSdk(createGoogle({ apiKey: 'test-key', baseURL: server.url })(id), options);
const sent = () => server.requests.at(-1);

const usageMetadata = {
  promptTokenCount: 120,
  cachedContentTokenCount: 100,
  candidatesTokenCount: 9,
  thoughtsTokenCount: 31,
  totalTokenCount: 160,
};
const candidate = (parts: readonly unknown[], finishReason?: string) => ({
  candidates: [
    { content: { role: 'model', parts }, ...(finishReason === undefined ? {} : { finishReason }), index: 0 },
  ],
  usageMetadata,
  modelVersion: 'gemini-3-pro-preview-11-2025',
  responseId: 'resp-7Zx',
});
const tide = {
  name: 'tide',
  description: 'Looks up a tide',
  parameters: { type: 'object', properties: { port: { type: 'string' } } },
};

describe('Google over HTTP', () => {
  it('carries the signatures of thoughts back with the parts that they came with', async () => {
    const request: ChatRequest = {
      messages: [{ role: 'system', content: 'Be brief.' }, userText('High water in Brest?')],
      tools: [tide],
      toolChoice: 'auto',
    };
    server.answer(
      json(
        candidate(
          [
            { text: 'I need two tides.', thought: true },
            { functionCall: { id: 'c1', name: 'tide', args: { port: 'Brest' } }, thoughtSignature: 'c2lnLTE=' },
            { functionCall: { id: 'c2', name: 'tide', args: { port: 'Calais' } } },
          ],
          'STOP',
        ),
      ),
    );
    const first = await gemini().generate(request, call());

    expect(first.finishReason).toBe('tool-calls');
    expect(first.message.content.map((part) => part.type)).toEqual(['reasoning', 'tool-call', 'tool-call']);
    expect(first.message.content[1]).toEqual({
      type: 'tool-call',
      id: 'c1',
      tool: 'tide',
      arguments: '{"port":"Brest"}',
      provider: { 'ai-sdk': { from: 'google.generative-ai', metadata: { google: { thoughtSignature: 'c2lnLTE=' } } } },
    });
    expect(first).toMatchObject({
      model: 'gemini-3-pro-preview',
      requestId: 'resp-7Zx',
      usage: { inputTokens: 120, outputTokens: 40, cachedInputTokens: 100, reasoningTokens: 31 },
    });

    const results: Message[] = [
      { role: 'tool', callId: 'c1', tool: 'tide', content: '04:10', failed: false },
      { role: 'tool', callId: 'c2', tool: 'tide', content: 'no such port', failed: true },
    ];
    // What is journaled comes back as plain data.
    const message = JSON.parse(JSON.stringify(first.message)) as typeof first.message;
    server.answer(json(candidate([{ text: 'At 04:10.' }], 'STOP')));
    await gemini().generate({ ...request, messages: [...request.messages, message, ...results] }, call());

    const { body } = sent() ?? {};
    expect(body.systemInstruction).toEqual({ parts: [{ text: 'Be brief.' }] });
    expect(body.contents[1]).toEqual({
      role: 'model',
      parts: [
        { text: 'I need two tides.', thought: true },
        { functionCall: { id: 'c1', name: 'tide', args: { port: 'Brest' } }, thoughtSignature: 'c2lnLTE=' },
        { functionCall: { id: 'c2', name: 'tide', args: { port: 'Calais' } } },
      ],
    });
    expect(body.contents).toHaveLength(3);
    expect(body.contents[2].parts).toMatchObject([
      { functionResponse: { id: 'c1', name: 'tide', response: { content: '04:10' } } },
      { functionResponse: { id: 'c2', name: 'tide', response: { error: 'no such port' } } },
    ]);
  });

  it('streams text, thoughts and calls, and ends with the whole answer', async () => {
    server.answer(
      events([
        candidate([{ text: 'Two ', thought: true }]),
        candidate([{ text: 'tides.', thought: true, thoughtSignature: 'dGhpbms=' }]),
        candidate([{ text: 'High ' }]),
        candidate([{ text: 'water.' }]),
        candidate(
          [{ functionCall: { id: 'c1', name: 'tide', args: { port: 'Brest' } }, thoughtSignature: 'c2ln' }],
          'STOP',
        ),
      ]),
    );
    const { chunks, response } = await collect(gemini(), { messages: [userText('?')], tools: [tide] });

    expect(chunks).toEqual([
      { type: 'reasoning-delta', text: 'Two ' },
      { type: 'reasoning-delta', text: 'tides.' },
      { type: 'text-delta', text: 'High ' },
      { type: 'text-delta', text: 'water.' },
      { type: 'tool-call-delta', id: 'c1', tool: 'tide', arguments: '{"port":"Brest"}' },
    ]);
    expect(response.finishReason).toBe('tool-calls');
    expect(response.message.content).toMatchObject([
      {
        type: 'reasoning',
        text: 'Two tides.',
        provider: { 'ai-sdk': { metadata: { google: { thoughtSignature: 'dGhpbms=' } } } },
      },
      { type: 'text', text: 'High water.' },
      {
        type: 'tool-call',
        id: 'c1',
        arguments: '{"port":"Brest"}',
        provider: { 'ai-sdk': { metadata: { google: { thoughtSignature: 'c2ln' } } } },
      },
    ]);
    expect(response.usage).toMatchObject({ inputTokens: 120, outputTokens: 40 });
  });

  it('asks for JSON of a schema, for a thinking effort and for what the user adds', async () => {
    server.answer(json(candidate([{ text: '{"time":"04:10"}' }], 'STOP')));
    const model = gemini('gemini-3-pro-preview', { providerOptions: { google: { safetySettings: [] } } });
    const schema = { type: 'object', properties: { time: { type: 'string' } }, required: ['time'] };
    await model.generate(
      {
        messages: [userText('?')],
        output: { name: 'Tide', schema },
        settings: {
          reasoning: 'low',
          temperature: 0.5,
          maxOutputTokens: 500,
          seed: 7,
          stop: ['END'],
          providers: { 'ai-sdk': { google: { thinkingConfig: { includeThoughts: true } } }, google: { ignored: 1 } },
        },
      },
      call(),
    );

    const { body } = sent() ?? {};
    expect(body.generationConfig).toMatchObject({
      responseMimeType: 'application/json',
      responseJsonSchema: schema,
      temperature: 0.5,
      maxOutputTokens: 500,
      seed: 7,
      stopSequences: ['END'],
      thinkingConfig: { includeThoughts: true, thinkingLevel: 'low' },
    });
    expect(body.safetySettings).toEqual([]);
    expect(JSON.stringify(body)).not.toContain('ignored');
  });

  it('asks for what is no object as the value of one', async () => {
    server.answer(json(candidate([{ text: '{"value":["04:10"]}' }], 'STOP')));
    const schema = { type: 'array', items: { type: 'string' } };
    const { message } = await gemini().generate(
      { messages: [userText('?')], output: { name: 'Times', schema } },
      call(),
    );
    expect(message.content).toMatchObject([{ type: 'text', text: '["04:10"]' }]);
    expect(sent()?.body.generationConfig.responseJsonSchema).toMatchObject({
      type: 'object',
      properties: { value: schema },
    });
  });

  it('takes files as data, and by the URLs that the provider reads', async () => {
    const file = 'https://generativelanguage.googleapis.com/v1beta/files/abc';
    server.answer(json(candidate([{ text: 'A chart.' }], 'STOP')));
    await gemini('gemini-2.5-flash').generate(
      {
        messages: [
          {
            role: 'user',
            content: [
              { type: 'text', text: 'What is this?' },
              { type: 'file', mediaType: 'image/png', data: 'iVBORw0KGgo=' },
              { type: 'file', mediaType: 'application/pdf', url: file },
            ],
          },
        ],
      },
      call(),
    );
    expect(sent()?.body.contents[0].parts).toEqual([
      { text: 'What is this?' },
      { inlineData: { mimeType: 'image/png', data: 'iVBORw0KGgo=' } },
      { fileData: { mimeType: 'application/pdf', fileUri: file } },
    ]);
  });

  it.each([
    [
      {
        error: {
          code: 429,
          message: 'Quota exceeded',
          status: 'RESOURCE_EXHAUSTED',
          details: [{ '@type': 'type.googleapis.com/google.rpc.RetryInfo', retryDelay: '31.5s' }],
        },
      },
      'model-rate-limited',
      true,
      { status: 429, retryAfter: 31_500 },
    ],
    [
      {
        error: {
          code: 400,
          message: 'API key not valid.',
          status: 'INVALID_ARGUMENT',
          details: [{ reason: 'API_KEY_INVALID' }],
        },
      },
      'model-auth',
      false,
      { status: 400 },
    ],
    [
      {
        error: {
          code: 400,
          message: 'The input token count (1200000) exceeds the maximum number of tokens allowed (1048576).',
          status: 'INVALID_ARGUMENT',
        },
      },
      'model-context-length',
      false,
      { status: 400 },
    ],
    [
      { error: { code: 404, message: 'models/x is not found', status: 'NOT_FOUND' } },
      'model-request-invalid',
      false,
      { status: 404 },
    ],
    [
      { error: { code: 503, message: 'The model is overloaded.', status: 'UNAVAILABLE' } },
      'model-overloaded',
      true,
      { status: 503 },
    ],
    [
      { error: { code: 504, message: 'Deadline expired.', status: 'DEADLINE_EXCEEDED' } },
      'model-timeout',
      true,
      { status: 504 },
    ],
  ])('reads its errors: %j', async (body, code, retryable, details) => {
    server.answer(json(body, body.error.code));
    const error = await failureOf(gemini().generate({ messages: [userText('?')] }, call()));

    expect(error).toMatchObject({ name: 'EspalierError', code, retryable, details });
    expect((error as Error).message).toContain(body.error.message);
    expect(JSON.stringify(error) + String((error as Error).stack)).not.toContain('test-key');
  });

  it('tells that a prompt or an answer was blocked, or could not be written', async () => {
    const request: ChatRequest = { messages: [userText('?')] };
    server.answer(json(candidate([], 'SAFETY')));
    expect((await gemini().generate(request, call())).finishReason).toBe('content-filter');

    const blocked = { promptFeedback: { blockReason: 'PROHIBITED_CONTENT' }, usageMetadata };
    server.answer(json(blocked));
    expect((await gemini().generate(request, call())).finishReason).toBe('content-filter');
    server.answer(events([blocked]));
    expect((await collect(gemini(), request)).response.finishReason).toBe('content-filter');

    server.answer(json(candidate([], 'MALFORMED_FUNCTION_CALL')));
    await expect(gemini().generate({ messages: [userText('?')] }, call())).rejects.toMatchObject({
      code: 'model-response-malformed',
      retryable: true,
      message:
        "Model 'google.generative-ai:gemini-3-pro-preview': the provider ended its answer with an error: MALFORMED_FUNCTION_CALL",
    });
  });

  it('aborts the request down to the socket', async () => {
    for (const kind of ['generate', 'stream'] as const) {
      const controller = new AbortController();
      server.answer(hang(kind === 'stream' ? [candidate([{ text: 'High ' }])] : []));
      const options = { signal: controller.signal, idempotencyKey: 'k' };
      const before = server.requests.length;
      const failed =
        kind === 'generate'
          ? gemini().generate({ messages: [userText('?')] }, options)
          : collect(gemini(), { messages: [userText('?')] }, options);
      const outcome = failed.catch((thrown: unknown) => thrown);
      while (server.requests.length === before) await new Promise((resolve) => setImmediate(resolve));
      const reason = new Error(`stop the ${kind}`);
      controller.abort(reason);

      expect(await outcome).toBe(reason);
      await sent()?.aborted;
    }
  });

  it('ends the request when the reader stops early', async () => {
    server.answer(hang([candidate([{ text: 'High ' }])]));
    for await (const chunk of streamOf(gemini(), { messages: [userText('?')] })) {
      expect(chunk).toEqual({ type: 'text-delta', text: 'High ' });
      break;
    }
    await sent()?.aborted;
  });
});
