import { textOf, toolCallsOf } from '@espalier/core';
import { afterAll, beforeAll, describe, expect, it, jest } from '@jest/globals';
import { ask, modelOf, options } from './harness.js';
import { events, json, message, startWireServer, streamOf, text, type WireServer } from './wire-server.js';

const weather = {
  name: 'weather',
  description: 'The weather of a place',
  parameters: {
    type: 'object',
    properties: { place: { type: 'string', minLength: 2 }, unit: { enum: ['C', 'F'] } },
    required: ['place'],
  },
} as const;

describe('a whole answer over HTTP', () => {
  let server: WireServer;
  beforeAll(async () => {
    server = await startWireServer();
  });
  afterAll(() => server.stop());

  const call = async (request = ask('Hello'), name = 'claude-haiku-4-5', answer = message([text('Hi.')])) => {
    server.answer(json(answer));
    const response = await modelOf(server, name).generate(request, options());
    return { response, sent: server.seen.at(-1) as (typeof server.seen)[number] };
  };

  it('asks for what is needed, and nothing besides', async () => {
    const { response, sent } = await call();

    expect(sent.path).toBe('/v1/messages');
    expect(sent.headers.authorization).toBe('Bearer sk-ant-secret');
    expect(sent.body).toEqual({
      model: 'claude-haiku-4-5',
      max_tokens: 16_000,
      messages: [{ role: 'user', content: [{ type: 'text', text: 'Hello' }] }],
    });
    expect(response).toEqual({
      message: { role: 'assistant', content: [{ type: 'text', text: 'Hi.' }] },
      finishReason: 'stop',
      usage: { inputTokens: 10, outputTokens: 5, cost: 35e-6 },
      model: 'claude-haiku-4-5-20251001',
      requestId: 'req_1',
    });
  });

  it('sends headers of the user', async () => {
    server.answer(json(message([text('Hi.')])));
    const headers = { 'anthropic-beta': 'context-1m-2025-08-07' };
    await modelOf(server, 'claude-haiku-4-5', { headers }).generate(ask('Hello'), options());

    expect(server.seen.at(-1)?.headers).toMatchObject({ ...headers, authorization: 'Bearer sk-ant-secret' });
  });

  it('sends settings, in the words of the API', async () => {
    const settings = {
      maxOutputTokens: 500,
      stop: ['END'],
      providers: { anthropic: { service_tier: 'standard_only' }, openai: { user: 'x' } },
    };
    const { sent } = await call(ask('Hello', { settings }));

    expect(sent.body).toMatchObject({
      max_tokens: 500,
      stop_sequences: ['END'],
      service_tier: 'standard_only',
    });
    expect(sent.body).not.toHaveProperty('user');
  });

  it('leaves out settings that the API does not have, and tells so once', async () => {
    const warn = jest.spyOn(process, 'emitWarning').mockImplementation(() => undefined);
    const model = modelOf(server);
    const settings = { temperature: 0.2, topP: 0.9, seed: 7 };
    server.answer(json(message([text('Hi.')])), json(message([text('Hi.')])));
    await model.generate(ask('Hello', { settings }), options());
    await model.generate(ask('Hello', { settings }), options());
    const told = warn.mock.calls.map(([warning, type]) => [warning, type]);
    warn.mockRestore();

    expect(Object.keys(server.seen.at(-1)?.body ?? {})).toEqual(['model', 'max_tokens', 'messages']);
    expect(told).toEqual(
      ['temperature', 'topP', 'seed'].map((name) => [
        `Model 'anthropic:claude-haiku-4-5' knows no ${name}: it is left out of the request.`,
        'EspalierWarning',
      ]),
    );
  });

  it('calls several tools, and gives their results back in one message', async () => {
    const request = ask('Weather in Bonn and Kyoto?', { tools: [weather] });
    const calls = [
      { type: 'tool_use', id: 'toolu_1', name: 'weather', input: { place: 'Bonn' } },
      { type: 'tool_use', id: 'toolu_2', name: 'weather', input: { place: 'Kyoto' } },
    ];
    const { response, sent } = await call(
      request,
      undefined,
      message([text('Let me see.'), ...calls], { stop_reason: 'tool_use' }),
    );

    expect(sent.body.tools).toEqual([
      {
        name: 'weather',
        description: 'The weather of a place',
        strict: true,
        input_schema: {
          type: 'object',
          properties: {
            place: { type: 'string', description: expect.any(String) },
            unit: { type: 'string', enum: ['C', 'F'] },
          },
          required: ['place'],
          additionalProperties: false,
        },
      },
    ]);
    expect(response.finishReason).toBe('tool-calls');
    expect(textOf(response.message)).toBe('Let me see.');
    expect(toolCallsOf(response.message)).toEqual([
      { type: 'tool-call', id: 'toolu_1', tool: 'weather', arguments: '{"place":"Bonn"}' },
      { type: 'tool-call', id: 'toolu_2', tool: 'weather', arguments: '{"place":"Kyoto"}' },
    ]);

    const result = (callId: string, content: string, failed: boolean) =>
      ({ role: 'tool', callId, tool: 'weather', content, failed }) as const;
    const messages = [
      ...request.messages,
      response.message,
      result('toolu_1', '12 °C', false),
      result('toolu_2', 'No such place', true),
    ];
    const next = await call({ ...request, messages });

    expect(next.sent.body.messages.slice(1)).toEqual([
      { role: 'assistant', content: [{ type: 'text', text: 'Let me see.' }, ...calls] },
      {
        role: 'user',
        content: [
          { type: 'tool_result', tool_use_id: 'toolu_1', content: '12 °C' },
          { type: 'tool_result', tool_use_id: 'toolu_2', content: 'No such place', is_error: true },
        ],
      },
    ]);
  });

  it.each([
    [{ toolChoice: 'auto' }, undefined],
    [{ toolChoice: 'none' }, { type: 'none' }],
    [{ toolChoice: 'required' }, { type: 'any' }],
    [{ toolChoice: { tool: 'weather' } }, { type: 'tool', name: 'weather' }],
    [{ settings: { parallelToolCalls: false } }, { type: 'auto', disable_parallel_tool_use: true }],
    [
      { toolChoice: 'required', settings: { parallelToolCalls: false } },
      { type: 'any', disable_parallel_tool_use: true },
    ],
    [{ toolChoice: 'none', settings: { parallelToolCalls: false } }, { type: 'none' }],
  ] as const)('chooses tools by %j', async (more, expected) => {
    const { sent } = await call(ask('Hello', { tools: [weather], ...more }));
    expect(sent.body.tool_choice).toEqual(expected);
  });

  it('gives data of a schema, in the shape that the program asked for', async () => {
    const schema = { type: 'array', items: { type: 'number' }, maxItems: 3 };
    const { response, sent } = await call(
      ask('Count', { output: { name: 'Numbers', schema } }),
      undefined,
      message([text('{"value":[1,2]}')]),
    );

    expect(sent.body.output_config.format).toMatchObject({
      type: 'json_schema',
      schema: {
        type: 'object',
        properties: { value: { type: 'array', items: { type: 'number' } } },
        required: ['value'],
        additionalProperties: false,
      },
    });
    expect(textOf(response.message)).toBe('[1,2]');

    const again = await call({ messages: [...ask('Count').messages, response.message, ...ask('Again').messages] });
    expect(again.sent.body.messages[1].content).toEqual([{ type: 'text', text: '{"value":[1,2]}' }]);
  });

  it('carries thinking back as it came, redacted or not, and leaves that of others out', async () => {
    const blocks = [
      { type: 'thinking', thinking: 'Hm.', signature: 'sig==' },
      { type: 'redacted_thinking', data: 'secret==' },
    ];
    const { response } = await call(undefined, undefined, message([...blocks, text('Yes.')]));
    const foreign = { type: 'reasoning', text: 'Other.', provider: { openai: { id: 'rs_1' } } } as const;
    const content = [foreign, ...response.message.content];
    const { sent } = await call({
      messages: [...ask('Q').messages, { role: 'assistant', content }, ...ask('And?').messages],
    });

    expect(response.message.content).toEqual([
      { type: 'reasoning', text: 'Hm.', provider: { anthropic: { signature: 'sig==' } } },
      { type: 'reasoning', text: '', provider: { anthropic: { redacted: 'secret==' } } },
      { type: 'text', text: 'Yes.' },
    ]);
    expect(sent.body.messages[1].content).toEqual([...blocks, { type: 'text', text: 'Yes.' }]);
  });

  it('carries what the tools of the provider did back as it came', async () => {
    const blocks = [
      {
        type: 'server_tool_use',
        id: 'srvtoolu_1',
        name: 'web_search',
        input: { query: 'tides' },
        caller: { type: 'direct' },
      },
      { type: 'web_search_tool_result', tool_use_id: 'srvtoolu_1', content: [], caller: { type: 'direct' } },
      {
        type: 'text',
        text: 'Twice a day.',
        citations: [{ type: 'web_search_result_location', url: 'https://example.org' }],
      },
    ];
    const { response } = await call(undefined, undefined, message(blocks));
    const { sent } = await call({ messages: [...ask('Q').messages, response.message, ...ask('And?').messages] });

    expect(textOf(response.message)).toBe('Twice a day.');
    expect(sent.body.messages[1].content).toEqual(blocks);
  });

  it('goes on with a turn that the provider paused, and counts it as one answer', async () => {
    const search = { type: 'server_tool_use', id: 'srvtoolu_1', name: 'web_search', input: {} };
    server.answer(json(message([search], { stop_reason: 'pause_turn' })));
    const { response, sent } = await call();

    expect(sent.body.messages).toEqual([
      { role: 'user', content: [{ type: 'text', text: 'Hello' }] },
      { role: 'assistant', content: [search] },
    ]);
    expect(textOf(response.message)).toBe('Hi.');
    expect(response.usage).toEqual({ inputTokens: 20, outputTokens: 10, cost: 7e-5 });
    expect(response.finishReason).toBe('stop');
  });

  it('stops going on with a turn that is paused without end', async () => {
    const paused = json(message([text('…')], { stop_reason: 'pause_turn' }));
    server.answer(...Array.from({ length: 10 }, () => paused));
    const { response } = await call(undefined, undefined, message([text('…')], { stop_reason: 'pause_turn' }));

    expect(response.finishReason).toBe('other');
    expect(response.message.content).toHaveLength(11);
  });

  it('marks what the provider is to keep for the next call', async () => {
    const system = { role: 'system', content: 'Be brief.' } as const;
    const request = { ...ask('Hello', { tools: [weather], settings: { promptCache: true } }) };
    const mark = { cache_control: { type: 'ephemeral' } };
    const { sent } = await call({ ...request, messages: [system, ...request.messages] });
    const bare = await call(request);

    expect(sent.body.system).toEqual([{ type: 'text', text: 'Be brief.', ...mark }]);
    expect(sent.body.tools[0]).not.toHaveProperty('cache_control');
    expect(sent.body.messages).toEqual([{ role: 'user', content: [{ type: 'text', text: 'Hello', ...mark }] }]);
    expect(bare.sent.body.tools[0]).toMatchObject(mark);
  });

  it.each([
    ['end_turn', 'stop'],
    ['stop_sequence', 'stop'],
    ['tool_use', 'tool-calls'],
    ['max_tokens', 'length'],
    ['model_context_window_exceeded', 'length'],
    ['refusal', 'refusal'],
    ['one_of_tomorrow', 'other'],
    [null, 'other'],
  ])('tells that it ended by %s as %s', async (stop_reason, finishReason) => {
    const { response } = await call(undefined, undefined, message([text('.')], { stop_reason }));
    expect(response.finishReason).toBe(finishReason);
  });

  it('tells why the model refused', async () => {
    const refused = {
      stop_reason: 'refusal',
      stop_details: { type: 'refusal', category: 'bio', explanation: 'Not that.' },
    };
    const { response } = await call(undefined, undefined, message([], refused));
    const spoken = await call(undefined, undefined, message([text('I will not.')], refused));

    expect(response).toMatchObject({
      finishReason: 'refusal',
      message: { content: [{ type: 'text', text: 'Not that.' }] },
    });
    expect(textOf(spoken.response.message)).toBe('I will not.');
  });

  it('counts cached tokens among the others, with their own prices', async () => {
    const usage = {
      input_tokens: 100,
      output_tokens: 50,
      cache_creation_input_tokens: 1000,
      cache_read_input_tokens: 10_000,
      cache_creation: { ephemeral_5m_input_tokens: 600, ephemeral_1h_input_tokens: 400 },
      output_tokens_details: { thinking_tokens: 30 },
    };
    const { response } = await call(undefined, undefined, message([text('.')], { usage }));

    expect(response.usage).toEqual({
      inputTokens: 11_100,
      outputTokens: 50,
      cachedInputTokens: 10_000,
      cacheWriteTokens: 1000,
      reasoningTokens: 30,
      cost: expect.closeTo((100 + 600 * 1.25 + 400 * 2 + 10_000 * 0.1 + 50 * 5) / 1e6, 10),
    });
  });

  it.each([
    ['claude-haiku-4-5', 64_000],
    ['claude-opus-5-5', undefined],
  ])('streams an answer that may be long, so that no connection is silent for minutes: %s', async (name, tokens) => {
    server.answer(events(streamOf([{ start: text(''), deltas: [{ type: 'text_delta', text: 'Long.' }] }])));
    const settings = tokens === undefined ? {} : { maxOutputTokens: tokens };
    const response = await modelOf(server, name).generate(ask('Write', { settings }), options());

    expect(server.seen.at(-1)?.body).toMatchObject({ stream: true, max_tokens: tokens ?? 16_000 });
    expect(textOf(response.message)).toBe('Long.');
  });
});
