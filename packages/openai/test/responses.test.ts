import { type AssistantMessage, type Message, textOf, userText } from '@espalier/core';
import { startProviderServer } from '@espalier/testing';
import { describe, expect, it, jest } from '@jest/globals';
import { type OpenAIOptions, openai } from '../src/index.js';
import { ask, call, failureOf, type RawServer, rawServer, readAll } from './harness.js';

const apiKey = 'sk-test';
const model = ({ baseURL }: { readonly baseURL: string }, more: OpenAIOptions = {}, name = 'gpt-5.5') =>
  openai(name, { apiKey, baseURL, ...more });

const lookUp = {
  name: 'look_up',
  description: 'Looks up',
  parameters: {
    type: 'object',
    properties: { tide: { type: 'string' }, port: { type: 'string' } },
    required: ['tide'],
  },
};
const shape = { name: 'Tide table', schema: { type: 'array', items: { type: 'number' } } };

const message = (text: string, more: object = {}) => ({
  type: 'message',
  id: 'msg_1',
  role: 'assistant',
  status: 'completed',
  content: [{ type: 'output_text', text, annotations: [] }],
  ...more,
});
const body = (output: readonly unknown[], more: object = {}) => ({
  body: { id: 'resp_1', object: 'response', status: 'completed', model: 'gpt-5.5-2026-04-23', output, ...more },
});
const sent = (server: RawServer, index = 0) => server.requests[index]?.body;

describe('a request', () => {
  it('is written whole, and nothing is added to it', async () => {
    await using server = await rawServer(body([message('{"value":[1]}')]));
    const { message: answer } = await model(server).generate(
      {
        messages: [
          { role: 'system', content: 'Be brief.' },
          {
            role: 'user',
            content: [
              { type: 'text', text: 'Q' },
              { type: 'text', text: 'R' },
            ],
          },
          {
            role: 'assistant',
            content: [
              { type: 'text', text: 'Hm.' },
              { type: 'tool-call', id: 'c1', tool: 'look_up', arguments: '{}' },
            ],
          },
          { role: 'tool', callId: 'c1', tool: 'look_up', content: 'high', failed: false },
        ],
        tools: [lookUp],
        toolChoice: { tool: 'look_up' },
        output: shape,
        settings: {
          temperature: 0.2,
          topP: 0.9,
          maxOutputTokens: 100,
          reasoning: 'low',
          parallelToolCalls: false,
          providers: {
            openai: { service_tier: 'flex', tools: [{ type: 'web_search' }], include: ['web_search_call.results'] },
            acme: { x: 1 },
          },
        },
      },
      call(),
    );
    expect(textOf(answer)).toBe('[1]');
    expect(server.requests[0]?.headers).toMatchObject({
      authorization: 'Bearer sk-test',
      'idempotency-key': 'run/node#1/model:1',
    });
    expect(sent(server)).toEqual({
      model: 'gpt-5.5',
      input: [
        { role: 'system', content: 'Be brief.' },
        {
          role: 'user',
          content: [
            { type: 'input_text', text: 'Q' },
            { type: 'input_text', text: 'R' },
          ],
        },
        { role: 'assistant', content: 'Hm.' },
        { type: 'function_call', call_id: 'c1', name: 'look_up', arguments: '{}' },
        { type: 'function_call_output', call_id: 'c1', output: 'high' },
      ],
      store: false,
      include: ['reasoning.encrypted_content', 'web_search_call.results'],
      reasoning: { effort: 'low' },
      tools: [
        {
          type: 'function',
          name: 'look_up',
          description: 'Looks up',
          strict: true,
          parameters: {
            type: 'object',
            properties: { tide: { type: 'string' }, port: { type: ['string', 'null'] } },
            required: ['tide', 'port'],
            additionalProperties: false,
          },
        },
        { type: 'web_search' },
      ],
      tool_choice: { type: 'function', name: 'look_up' },
      parallel_tool_calls: false,
      text: {
        format: {
          type: 'json_schema',
          name: 'Tide_table',
          strict: true,
          schema: {
            type: 'object',
            properties: { value: { type: 'array', items: { type: 'number' } } },
            required: ['value'],
            additionalProperties: false,
          },
        },
      },
      temperature: 0.2,
      top_p: 0.9,
      max_output_tokens: 100,
      service_tier: 'flex',
    });
  });

  it('has schemas as they are without `strict`', async () => {
    await using server = await rawServer(body([message('{"value":[1]}')]));
    await model(server, { strict: false }).generate(ask({ tools: [lookUp], output: shape }), call());
    expect(sent(server).tools[0]).toMatchObject({ strict: false, parameters: lookUp.parameters });
    expect(sent(server).text.format).toMatchObject({ strict: false, schema: { properties: { value: shape.schema } } });
  });

  it('has files as their kind asks for', async () => {
    await using server = await rawServer(body([message('A chart.')]));
    const content = [
      { type: 'file', mediaType: 'image/png', data: 'iVBORw==' },
      { type: 'file', mediaType: 'image/png', url: 'https://example.com/a.png' },
      { type: 'file', mediaType: 'application/pdf', data: 'JVBERg==' },
      { type: 'file', mediaType: 'application/pdf', url: 'https://example.com/a.pdf' },
    ] as const;
    await model(server).generate({ messages: [{ role: 'user', content }] }, call());
    expect(sent(server).input[0].content).toEqual([
      { type: 'input_image', detail: 'auto', image_url: 'data:image/png;base64,iVBORw==' },
      { type: 'input_image', detail: 'auto', image_url: 'https://example.com/a.png' },
      { type: 'input_file', filename: 'file.pdf', file_data: 'data:application/pdf;base64,JVBERg==' },
      { type: 'input_file', file_url: 'https://example.com/a.pdf' },
    ]);
    const empty = { messages: [{ role: 'user', content: [{ type: 'file', mediaType: 'image/png' }] }] } as const;
    expect(await failureOf(model(server).generate(empty, call()))).toMatchObject({ code: 'model-request-invalid' });
  });

  it('asks to keep the prompt under the same key for the same beginning', async () => {
    await using server = await rawServer(...Array.from({ length: 3 }, () => body([message('A')])));
    const rules: Message = { role: 'system', content: 'Be brief.' };
    for (const [first, question] of [
      [rules, 'one'],
      [rules, 'two'],
      [{ ...rules, content: 'Be long.' }, 'two'],
    ] as const) {
      await model(server).generate({ messages: [first, userText(question)], settings: { promptCache: true } }, call());
    }
    const keys = server.requests.map(({ body: { prompt_cache_key } }) => prompt_cache_key);
    expect(keys[0]).toMatch(/^espalier-[0-9a-f]{16}$/);
    expect(keys[1]).toBe(keys[0]);
    expect(keys[2]).not.toBe(keys[0]);
  });

  it('says nothing of reasoning to models that do not reason', async () => {
    await using server = await rawServer(body([message('A')]), body([message('A')]));
    await model(server, {}, 'gpt-4.1').generate(ask({ settings: { reasoning: 'none' } }), call());
    expect(sent(server)).toEqual({ model: 'gpt-4.1', input: [{ role: 'user', content: 'Q' }], store: false });
    await model(server, { reasoningSummary: 'auto' }).generate(ask(), call());
    expect(sent(server, 1).reasoning).toEqual({ summary: 'auto' });
  });

  it('leaves out what the API does not have, and tells once', async () => {
    const emitWarning = jest.spyOn(process, 'emitWarning').mockImplementation(() => undefined);
    await using server = await rawServer(...Array.from({ length: 3 }, () => body([message('A')])));
    const asked = model(server);
    for (const settings of [{ seed: 1 }, { seed: 2, stop: ['END'] }, { stop: ['END'] }]) {
      await asked.generate(ask({ settings }), call());
    }
    const told = emitWarning.mock.calls.map(([text]) => text);
    emitWarning.mockRestore();
    expect(told).toEqual([
      "Model 'openai:gpt-5.5' knows no seed in the Responses API: it is left out. Chat Completions know it: openai(…, { api: 'chat' }).",
      "Model 'openai:gpt-5.5' knows no stop in the Responses API: it is left out. Chat Completions know it: openai(…, { api: 'chat' }).",
    ]);
    expect(Object.keys(sent(server, 1))).toEqual(['model', 'input', 'store', 'include']);
  });

  it('carries names of nodes in any language in its key', async () => {
    await using server = await rawServer(body([message('A')]));
    await model(server).generate(ask(), { ...call(), idempotencyKey: 'run/名前#1' });
    expect(server.requests[0]?.headers['idempotency-key']).toBe('run%2F%E5%90%8D%E5%89%8D%231');
  });
});

describe('an answer', () => {
  const sealed = {
    type: 'reasoning',
    id: 'rs_1',
    summary: [
      { type: 'summary_text', text: 'I look.' },
      { type: 'summary_text', text: 'There.' },
    ],
    encrypted_content: 'gAAA',
  };
  const search = {
    type: 'web_search_call',
    id: 'ws_1',
    status: 'completed',
    action: { type: 'search', query: 'tides' },
  };
  const toolCall = {
    type: 'function_call',
    id: 'fc_1',
    call_id: 'call_1',
    name: 'look_up',
    arguments: '{"tide":"high","port":null}',
    status: 'completed',
  };

  /** The second request after this answer. */
  async function goneOn(output: readonly unknown[]) {
    await using server = await rawServer(body(output), body([message('Done.')]));
    const { message: first } = await model(server).generate(ask({ tools: [lookUp] }), call());
    const kept = JSON.parse(JSON.stringify(first)) as AssistantMessage;
    const results = kept.content.flatMap((part): Message[] =>
      part.type === 'tool-call'
        ? [{ role: 'tool', callId: part.id, tool: part.tool, content: 'R', failed: false }]
        : [],
    );
    await model(server).generate(
      ask({ messages: [userText('Q'), kept, ...results, userText('And?')], tools: [lookUp] }),
      call(),
    );
    return { first, input: sent(server, 1).input.slice(1, -1) };
  }

  it('goes back as it came: sealed reasoning, what OpenAI has searched, texts and calls', async () => {
    const text = message('Let me look.', { phase: 'commentary' });
    const { first, input } = await goneOn([sealed, search, text, toolCall]);
    expect(first.content.map(({ type, ...part }) => [type, 'text' in part ? part.text : part.arguments])).toEqual([
      ['reasoning', 'I look.\n\nThere.'],
      ['reasoning', ''],
      ['text', 'Let me look.'],
      ['tool-call', '{"tide":"high"}'],
    ]);
    const { status, ...back } = toolCall;
    expect(input).toEqual([
      sealed,
      search,
      text,
      back,
      { type: 'function_call_output', call_id: 'call_1', output: 'R' },
    ]);
  });

  it('leaves reasoning out that is not sealed, and the ids that belong to it', async () => {
    const { encrypted_content, ...open } = sealed;
    const { input } = await goneOn([open, message('Look.', { phase: 'commentary' }), toolCall]);
    const { id, status, ...back } = toolCall;
    expect(input).toEqual([
      { role: 'assistant', content: 'Look.', phase: 'commentary' },
      back,
      { type: 'function_call_output', call_id: 'call_1', output: 'R' },
    ]);
  });

  it('leaves reasoning out that led to nothing', async () => {
    const { input } = await goneOn([sealed]);
    expect(input).toEqual([]);
  });

  it('keeps several texts of one item, and a refusal', async () => {
    const content = [
      { type: 'output_text', text: 'A', annotations: [] },
      { type: 'refusal', refusal: 'No.' },
    ];
    const { first, input } = await goneOn([sealed, message('', { content })]);
    expect(textOf(first)).toBe('ANo.');
    expect(input[1]).toEqual(message('', { content }));
  });

  it.each([
    [{ status: 'incomplete', incomplete_details: { reason: 'max_output_tokens' } }, 'length'],
    [{ status: 'incomplete', incomplete_details: { reason: 'content_filter' } }, 'content-filter'],
    [{ status: 'incomplete', incomplete_details: null }, 'other'],
  ])('%j ended with %s', async (more, finishReason) => {
    await using server = await rawServer(body([message('A')], more));
    expect(await model(server).generate(ask(), call())).toMatchObject({ finishReason });
  });

  it('costs what its model and tier cost', async () => {
    const usage = {
      input_tokens: 1000,
      input_tokens_details: { cached_tokens: 400, cache_write_tokens: 0 },
      output_tokens: 100,
      output_tokens_details: { reasoning_tokens: 60 },
    };
    await using server = await rawServer(
      body([message('A')], { usage }),
      body([message('A')], { usage, service_tier: 'flex' }),
      body([message('A')], { usage }),
      body([message('A')], { usage, model: 'gpt-5.9' }),
      body([message('A')]),
    );
    const usageOf = async (options: OpenAIOptions = {}, name = 'gpt-5.5') =>
      (await model(server, options, name).generate(ask(), call())).usage;
    const cost = (600 * 5 + 400 * 0.5 + 100 * 30) / 1e6;
    expect(await usageOf()).toEqual({
      inputTokens: 1000,
      cachedInputTokens: 400,
      cacheWriteTokens: 0,
      outputTokens: 100,
      reasoningTokens: 60,
      cost: expect.closeTo(cost, 9),
    });
    expect((await usageOf()).cost).toBeCloseTo(cost / 2, 9);
    expect((await usageOf({ prices: { 'gpt-5.5': { input: 1, output: 1 } } })).cost).toBeCloseTo(0.0011, 9);
    expect((await usageOf({ prices: { mine: { input: 2, output: 2 } } }, 'mine')).cost).toBeCloseTo(0.0022, 9);
    expect(await usageOf()).toEqual({});
  });

  it.each([
    [{ status: 'failed', error: { code: 'server_error', message: 'Oops.' } }, 'model-overloaded', true],
    [{ status: 'failed', error: { code: 'rate_limit_exceeded', message: 'Slow.' } }, 'model-rate-limited', true],
    [
      { status: 'failed', error: { code: 'image_content_policy_violation', message: 'No.' } },
      'model-content-filter',
      false,
    ],
    [{ status: 'failed', error: { code: 'invalid_image', message: 'No image.' } }, 'model-request-invalid', false],
    [{ status: 'cancelled' }, 'model-overloaded', true],
    [{ output: undefined }, 'model-response-malformed', true],
  ])('that tells %j is an error', async (more, code, retryable) => {
    await using server = await rawServer(body([], more));
    expect(await failureOf(model(server).generate(ask(), call()))).toMatchObject({ code, retryable });
  });
});

describe('a stream', () => {
  it('that leaves the items out at its end has them all the same', async () => {
    const call1 = {
      type: 'function_call',
      id: 'fc_1',
      call_id: 'call_1',
      name: 'look_up',
      arguments: '{"tide":"high","port":"Brest"}',
    };
    await using server = await rawServer({
      events: [
        { type: 'response.output_item.added', output_index: 0, item: { ...call1, arguments: '' } },
        { type: 'response.output_item.done', output_index: 0, item: call1 },
        { type: 'response.completed', response: { id: 'r', status: 'completed', model: 'gpt-5.5', output: [] } },
      ],
    });
    const { chunks, response } = await readAll(model(server), ask({ tools: [lookUp] }));
    expect(chunks).toEqual([{ type: 'tool-call-delta', id: 'call_1', tool: 'look_up', arguments: call1.arguments }]);
    expect(response.message.content).toMatchObject([{ type: 'tool-call', id: 'call_1', tool: 'look_up' }]);
  });

  it('sets parts of reasoning apart, as the whole does', async () => {
    const part = (summary_index: number, delta: string) => ({
      type: 'response.reasoning_summary_text.delta',
      output_index: 0,
      summary_index,
      delta,
    });
    const item = {
      type: 'reasoning',
      id: 'rs_1',
      summary: [
        { type: 'summary_text', text: 'One.' },
        { type: 'summary_text', text: 'Two.' },
      ],
    };
    await using server = await rawServer({
      events: [
        part(0, 'One'),
        part(0, '.'),
        part(1, 'Two.'),
        { type: 'response.output_item.done', output_index: 0, item },
        { type: 'response.completed', response: { status: 'completed', model: 'gpt-5.5', output: [item] } },
      ],
    });
    const { chunks, response } = await readAll(model(server), ask());
    expect(chunks.map((chunk) => ('text' in chunk ? chunk.text : '')).join('')).toBe('One.\n\nTwo.');
    expect(response.message.content).toEqual([{ type: 'reasoning', text: 'One.\n\nTwo.' }]);
  });

  it('that tells of a failure is an error with its code', async () => {
    const failed = {
      status: 'failed',
      model: 'gpt-5.5',
      output: [],
      error: { code: 'rate_limit_exceeded', message: 'Slow down.' },
    };
    await using server = await rawServer(
      { events: [{ type: 'response.failed', response: failed }] },
      {
        events: [
          {
            type: 'error',
            code: 'context_length_exceeded',
            message: 'Too long.',
            param: null,
            error: { code: 'context_length_exceeded', message: 'Too long.' },
          },
        ],
      },
    );
    expect(await failureOf(readAll(model(server), ask()))).toMatchObject({
      code: 'model-rate-limited',
      message: "Model 'openai:gpt-5.5': Slow down.",
    });
    expect(await failureOf(readAll(model(server), ask()))).toMatchObject({
      code: 'model-context-length',
      retryable: false,
    });
  });

  it('carries answers that may take long, also where nobody reads along', async () => {
    await using server = await startProviderServer({
      api: 'openai-responses',
      replies: [{ text: 'A' }, { text: 'A' }, { text: 'A' }],
    });
    const asked = openai('gpt-5.5', { apiKey, baseURL: server.baseURL });
    for (const reasoning of ['low', 'max'] as const) await asked.generate(ask({ settings: { reasoning } }), call());
    await openai('gpt-5.5-pro', { apiKey, baseURL: server.baseURL }).generate(ask(), call());
    const bodies = server.requests.map((request) => request.body as { stream?: boolean; reasoning?: object });
    expect(bodies.map(({ stream }) => stream)).toEqual([undefined, true, true]);
    expect(bodies[1]?.reasoning).toEqual({ effort: 'xhigh' });
  });
});
