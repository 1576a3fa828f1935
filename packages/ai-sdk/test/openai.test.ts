import { createOpenAI } from '@ai-sdk/openai';
import { type AiSdkOptions, aiSdk } from '@espalier/ai-sdk';
import type { ChatRequest } from '@espalier/core';
import { userText } from '@espalier/core';
import { afterAll, beforeAll, describe, expect, it, jest } from '@jest/globals';
import { call, collect, failureOf } from './collect.js';
import { events, json, type LocalServer, startLocalServer } from './local-server.js';

let server: LocalServer;
beforeAll(async () => {
  server = await startLocalServer();
});
afterAll(() => server.close());

const provider = () => createOpenAI({ apiKey: 'sk-test-0123456789', baseURL: server.url });
const openai = (options: AiSdkOptions = {}) => aiSdk(provider()('gpt-5'), options);
const sent = () => server.requests.at(-1);

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
const thought = {
  type: 'reasoning',
  id: 'rs_1',
  encrypted_content: 'gAAAA',
  summary: [{ type: 'summary_text', text: 'Look it up.' }],
};
const functionCall = {
  type: 'function_call',
  id: 'fc_1',
  call_id: 'call_1',
  name: 'tide',
  arguments: '{"port":"Brest"}',
  status: 'completed',
};
const tide = {
  name: 'tide',
  description: 'Looks up a tide',
  parameters: { type: 'object', properties: { port: { type: 'string' } }, required: ['port'] },
};

describe('OpenAI over HTTP', () => {
  it('keeps no state at the provider: thoughts go back encrypted and whole', async () => {
    const request: ChatRequest = { messages: [userText('High water in Brest?')], tools: [tide] };
    server.answer(json(answered([thought, functionCall]), 200, { 'x-request-id': 'req_77' }));
    const first = await openai({ prices: { 'gpt-5': { input: 1, output: 10, cachedInput: 0.1 } } }).generate(
      request,
      call(),
    );

    expect(sent()?.body).toMatchObject({ model: 'gpt-5', store: false, include: ['reasoning.encrypted_content'] });
    expect(sent()?.headers['idempotency-key']).toBe('run/node#1/model');
    expect(first).toMatchObject({
      finishReason: 'tool-calls',
      model: 'gpt-5-2025-08-07',
      requestId: 'req_77',
      usage: { inputTokens: 50, cachedInputTokens: 20, outputTokens: 30, reasoningTokens: 10, cost: 0.000332 },
    });

    server.answer(json(answered([text('At 04:10.')])));
    const result = { role: 'tool', callId: 'call_1', tool: 'tide', content: '04:10', failed: false } as const;
    await openai().generate({ ...request, messages: [...request.messages, first.message, result] }, call());
    expect(sent()?.body.input).toMatchObject([
      { role: 'user' },
      {
        type: 'reasoning',
        id: 'rs_1',
        encrypted_content: 'gAAAA',
        summary: [{ type: 'summary_text', text: 'Look it up.' }],
      },
      { type: 'function_call', call_id: 'call_1', name: 'tide', arguments: '{"port":"Brest"}' },
      { type: 'function_call_output', call_id: 'call_1', output: '04:10' },
    ]);
    expect(JSON.stringify(sent()?.body.input)).not.toContain('item_reference');
  });

  it('leaves out thoughts of other providers, and what other adapters carry', async () => {
    server.answer(json(answered([text('Yes.')])));
    await openai().generate(
      {
        messages: [
          userText('?'),
          {
            role: 'assistant',
            content: [
              {
                type: 'reasoning',
                text: 'Hm.',
                provider: {
                  'ai-sdk': { from: 'google.generative-ai', metadata: { google: { thoughtSignature: 'x' } } },
                },
              },
              { type: 'reasoning', text: 'Hm hm.', provider: { anthropic: { signature: 'y' } } },
              {
                type: 'text',
                text: 'Perhaps.',
                provider: { 'ai-sdk': { from: 'openai.chat', metadata: { openai: { itemId: 'msg_9' } } } },
              },
            ],
          },
          userText('Sure?'),
        ],
      },
      call(),
    );
    expect(sent()?.body.input).toEqual([
      { role: 'user', content: [{ type: 'input_text', text: '?' }] },
      { role: 'assistant', content: 'Perhaps.' },
      { role: 'user', content: [{ type: 'input_text', text: 'Sure?' }] },
    ]);
  });

  it('streams arguments of calls while they come', async () => {
    const item = {
      type: 'response.output_item.added',
      output_index: 0,
      item: { ...functionCall, arguments: '', status: 'in_progress' },
    };
    const delta = (part: string) => ({
      type: 'response.function_call_arguments.delta',
      item_id: 'fc_1',
      output_index: 0,
      delta: part,
    });
    server.answer(
      events(
        [
          {
            type: 'response.created',
            response: { id: 'resp_1', created_at: 1_760_000_000, model: 'gpt-5-2025-08-07' },
          },
          item,
          delta('{"port":'),
          delta('"Brest"}'),
          {
            type: 'response.function_call_arguments.done',
            item_id: 'fc_1',
            output_index: 0,
            arguments: '{"port":"Brest"}',
          },
          { type: 'response.output_item.done', output_index: 0, item: functionCall },
          { type: 'response.completed', response: answered([functionCall]) },
        ],
        { headers: { 'x-request-id': 'req_78' } },
      ),
    );
    const { chunks, response } = await collect(openai(), {
      messages: [userText('?')],
      tools: [tide],
      settings: { parallelToolCalls: false },
    });

    expect(chunks).toEqual([
      { type: 'tool-call-delta', id: 'call_1', tool: 'tide', arguments: '{"port":' },
      { type: 'tool-call-delta', id: 'call_1', tool: 'tide', arguments: '"Brest"}' },
    ]);
    expect(response).toMatchObject({
      finishReason: 'tool-calls',
      requestId: 'req_78',
      message: { content: [{ type: 'tool-call', id: 'call_1', arguments: '{"port":"Brest"}' }] },
    });
    expect(sent()?.body).toMatchObject({ stream: true, parallel_tool_calls: false });
  });

  it('tells refusals from filters', async () => {
    server.answer(json(answered([text('', { content: [{ type: 'refusal', refusal: 'I cannot help with that.' }] })])));
    const refused = await openai().generate({ messages: [userText('?')] }, call());
    expect(refused.finishReason).toBe('refusal');
    expect(refused.message.content).toMatchObject([{ type: 'text', text: 'I cannot help with that.' }]);

    const incomplete = { status: 'incomplete', incomplete_details: { reason: 'content_filter' } };
    server.answer(json(answered([text('Well')], incomplete)));
    const filtered = await openai().generate({ messages: [userText('?')] }, call());
    expect(filtered.finishReason).toBe('content-filter');
  });

  it('takes the final answer for JSON, and keeps the draft before it as a thought', async () => {
    const draft = text('Let me think about it.', { id: 'msg_0', phase: 'commentary' });
    const final = text('{"time":"04:10"}', { phase: 'final_answer' });
    const schema = {
      type: 'object',
      properties: { time: { type: 'string' } },
      required: ['time'],
      additionalProperties: false,
    };
    server.answer(json(answered([draft, final])));
    const request: ChatRequest = { messages: [userText('?')], output: { name: 'Tide', schema } };
    const { message } = await openai().generate(request, call());
    expect(message.content).toMatchObject([
      { type: 'reasoning', text: 'Let me think about it.' },
      { type: 'text', text: '{"time":"04:10"}' },
    ]);
    expect(sent()?.body.text.format).toMatchObject({ type: 'json_schema', name: 'Tide', strict: true, schema });

    server.answer(json(answered([text('Yes.')])));
    await openai().generate({ messages: [...request.messages, message, userText('Sure?')] }, call());
    expect(sent()?.body.input.slice(1, 3)).toEqual([
      { role: 'assistant', phase: 'commentary', content: 'Let me think about it.' },
      { role: 'assistant', phase: 'final_answer', content: '{"time":"04:10"}' },
    ]);
  });

  it('holds the provider to schemas in its own dialect, and gives answers their own shape', async () => {
    const schema = {
      type: 'object',
      properties: { time: { type: 'string' }, note: { type: 'string', minLength: 3 } },
      required: ['time'],
    };
    const lookup = { ...tide, parameters: { type: 'object', properties: { port: { type: 'string' } } } };
    const open = {
      name: 'any',
      description: 'Takes anything',
      parameters: { type: 'object', additionalProperties: true },
    };
    const request: ChatRequest = {
      messages: [userText('?')],
      tools: [lookup, open],
      output: { name: 'Tide', schema },
    };
    server.answer(
      json(answered([text('{"time":"04:10","note":null}'), { ...functionCall, arguments: '{"port":null}' }])),
    );
    const { message } = await openai().generate(request, call());

    expect(message.content).toMatchObject([
      { type: 'text', text: '{"time":"04:10"}' },
      { type: 'tool-call', arguments: '{}' },
    ]);
    expect(sent()?.body.text.format).toMatchObject({
      strict: true,
      schema: {
        properties: { time: { type: 'string' }, note: { type: ['string', 'null'] } },
        required: ['time', 'note'],
        additionalProperties: false,
      },
    });
    expect(sent()?.body.tools).toMatchObject([
      {
        name: 'tide',
        strict: true,
        parameters: { properties: { port: { type: ['string', 'null'] } }, required: ['port'] },
      },
      { name: 'any', strict: false, parameters: open.parameters },
    ]);

    server.answer(json(answered([text('{"time":"04:10"}')])));
    await openai({ strict: false }).generate(request, call());
    expect(sent()?.body.text.format).toMatchObject({ strict: false, schema });
    expect(sent()?.body.tools).toMatchObject([{ strict: false }, { strict: false }]);
  });

  it('says at once which schemas it cannot be held to', async () => {
    const schema = { type: 'object', properties: { any: {} }, required: ['any'] };
    const issues = openai().checkSchema?.(schema, 'output');
    expect(issues).toMatchObject([{ path: '$.properties.any' }]);
    expect(openai().checkSchema?.(schema, 'tool')).toEqual(issues);
    expect(openai({ strict: false }).checkSchema?.(schema, 'tool')).toEqual([]);
    const failure = await failureOf(
      openai().generate({ messages: [userText('?')], output: { name: 'Any', schema } }, call()),
    );
    expect(failure).toMatchObject({
      code: 'schema-unsupported',
      message: `Model 'openai.responses:gpt-5' cannot take the schema of 'Any': $.properties.any ${issues?.[0]?.message}.`,
    });
  });

  it('tells where the provider leaves out how an answer is drawn', async () => {
    const request: ChatRequest = { messages: [userText('?')], settings: { temperature: 0.2 } };
    const emitWarning = jest.spyOn(process, 'emitWarning').mockImplementation(() => undefined);
    server.answer(json(answered([text('Yes.')])));
    await openai().generate(request, call());
    const told = emitWarning.mock.calls.map(([message]) => message);
    emitWarning.mockRestore();
    expect(told).toEqual([
      "Model 'openai.responses:gpt-5': temperature: temperature is not supported for reasoning models",
    ]);

    const warnings: unknown[] = [];
    server.answer(json(answered([text('Yes.')])));
    await openai({ onWarning: (warning) => warnings.push(warning) }).generate(request, call());
    expect(warnings).toMatchObject([{ type: 'unsupported', feature: 'temperature' }]);
  });

  it('speaks Chat Completions, too', async () => {
    const message = {
      role: 'assistant',
      content: null,
      tool_calls: [{ id: 'call_1', type: 'function', function: { name: 'tide', arguments: '{"port":"Brest"}' } }],
    };
    const choice = { index: 0, message, finish_reason: 'tool_calls' };
    server.answer(
      json({
        id: 'c_1',
        created: 1,
        model: 'gpt-5',
        choices: [choice],
        usage: { prompt_tokens: 5, completion_tokens: 2, total_tokens: 7 },
      }),
    );
    const response = await aiSdk(provider().chat('gpt-5')).generate(
      { messages: [userText('?')], tools: [tide], toolChoice: { tool: 'tide' } },
      call(),
    );

    expect(response).toMatchObject({
      finishReason: 'tool-calls',
      requestId: 'c_1',
      usage: { inputTokens: 5, outputTokens: 2 },
    });
    expect(sent()?.path).toBe('/chat/completions');
    expect(sent()?.body.tool_choice).toEqual({ type: 'function', function: { name: 'tide' } });
    expect(sent()?.body).not.toHaveProperty('store');
  });
});
