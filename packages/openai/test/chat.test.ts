import {
  Agent,
  type AssistantMessage,
  createEspalier,
  defineWorkflow,
  type Message,
  type RunContext,
  textOf,
  userText,
} from '@espalier/core';
import { describe, expect, it } from '@jest/globals';
import { AzureOpenAI, OpenAI } from 'openai';
import { type OpenAIOptions, openai, openaiCompatible } from '../src/index.js';
import { ask, call, failureOf, type RawReply, type RawServer, rawServer, readAll } from './harness.js';

const lookUp = {
  name: 'look_up',
  description: 'Looks up',
  parameters: {
    type: 'object',
    properties: { tide: { type: 'string' }, port: { type: 'string' } },
    required: ['tide'],
  },
};
const shape = { name: 'tide', schema: { type: 'object', properties: { at: { type: 'string' } } } };

const compatible = ({ baseURL }: RawServer, options: OpenAIOptions = {}) => openaiCompatible(baseURL, 'llama', options);
const whole = (message: object, more: object = {}): RawReply => ({
  body: {
    model: 'llama',
    choices: [{ index: 0, message: { role: 'assistant', ...message }, finish_reason: 'stop' }],
    ...more,
  },
});
const streamed = (...deltas: readonly object[]): RawReply => ({
  events: [
    ...deltas.map((delta) => ({ model: 'llama', choices: [{ index: 0, delta, finish_reason: null }] })),
    { model: 'llama', choices: [{ index: 0, delta: {}, finish_reason: 'stop' }] },
  ],
});
const sent = (server: RawServer, index = 0) => server.requests[index]?.body;

describe('a request of Chat Completions', () => {
  const conversation: readonly Message[] = [
    { role: 'system', content: 'Be brief.' },
    userText('Q'),
    {
      role: 'assistant',
      content: [
        { type: 'text', text: 'Hm.' },
        { type: 'tool-call', id: 'c1', tool: 'look_up', arguments: '{}' },
      ],
    },
    { role: 'tool', callId: 'c1', tool: 'look_up', content: 'high', failed: false },
    { role: 'assistant', content: [] },
    {
      role: 'user',
      content: [
        { type: 'text', text: 'A' },
        { type: 'text', text: 'B' },
      ],
    },
  ];
  const messages = [
    { role: 'system', content: 'Be brief.' },
    { role: 'user', content: 'Q' },
    {
      role: 'assistant',
      content: 'Hm.',
      tool_calls: [{ id: 'c1', type: 'function', function: { name: 'look_up', arguments: '{}' } }],
    },
    { role: 'tool', tool_call_id: 'c1', content: 'high' },
    { role: 'assistant', content: '' },
    {
      role: 'user',
      content: [
        { type: 'text', text: 'A' },
        { type: 'text', text: 'B' },
      ],
    },
  ];
  const settings = {
    temperature: 0.2,
    topP: 0.9,
    seed: 1,
    stop: ['END'],
    maxOutputTokens: 100,
    reasoning: 'high',
    parallelToolCalls: true,
    promptCache: true,
  } as const;
  const request = {
    messages: conversation,
    tools: [lookUp],
    toolChoice: { tool: 'look_up' },
    output: shape,
    settings,
  } as const;
  const common = {
    messages,
    temperature: 0.2,
    top_p: 0.9,
    seed: 1,
    stop: ['END'],
    reasoning_effort: 'high',
    parallel_tool_calls: true,
  };

  it("is strict, and has OpenAI's parameters, for OpenAI", async () => {
    await using server = await rawServer(whole({ content: '{"at":null}' }));
    const model = openai('gpt-5.5', { api: 'chat', apiKey: 'sk-test', baseURL: server.baseURL });
    expect(
      textOf((await model.generate({ ...request, settings: { ...settings, reasoning: 'low' } }, call())).message),
    ).toBe('{}');
    const schema = {
      type: 'object',
      properties: { at: { type: ['string', 'null'] } },
      required: ['at'],
      additionalProperties: false,
    };
    const parameters = {
      type: 'object',
      properties: { tide: { type: 'string' }, port: { type: ['string', 'null'] } },
      required: ['tide', 'port'],
      additionalProperties: false,
    };
    expect(sent(server)).toEqual({
      ...common,
      reasoning_effort: 'low',
      model: 'gpt-5.5',
      max_completion_tokens: 100,
      tools: [{ type: 'function', function: { name: 'look_up', description: 'Looks up', parameters, strict: true } }],
      tool_choice: { type: 'function', function: { name: 'look_up' } },
      response_format: { type: 'json_schema', json_schema: { name: 'tide', schema, strict: true } },
      prompt_cache_key: expect.any(String),
    });
  });

  it('has what every server knows, for the others', async () => {
    await using server = await rawServer(whole({ content: '{}' }));
    await compatible(server).generate(request, call());
    expect(sent(server)).toEqual({
      ...common,
      model: 'llama',
      max_tokens: 100,
      tools: [{ type: 'function', function: lookUp }],
      tool_choice: { type: 'function', function: { name: 'look_up' } },
      response_format: { type: 'json_schema', json_schema: { name: 'tide', schema: shape.schema } },
    });
  });

  it('leaves out what a server does not take', async () => {
    await using server = await rawServer(streamed({ content: '{}' }), whole({ content: '{}' }));
    const options = {
      parallelToolCalls: false,
      streamUsage: false,
      structuredOutput: 'json-object',
      maxTokensField: 'max_completion_tokens',
    } as const;
    await readAll(compatible(server, options), request);
    expect(sent(server)).not.toHaveProperty('parallel_tool_calls');
    expect(sent(server)).not.toHaveProperty('stream_options');
    expect(sent(server)).toMatchObject({
      max_completion_tokens: 100,
      stream: true,
      response_format: { type: 'json_object' },
    });
    const told = `Answer with JSON only, of this JSON Schema:\n${JSON.stringify(shape.schema)}`;
    expect(sent(server).messages.at(-1)).toEqual({ role: 'system', content: told });

    await compatible(server, { structuredOutput: 'instructions' }).generate(request, call());
    expect(sent(server, 1)).not.toHaveProperty('response_format');
    expect(sent(server, 1).messages.at(-1).content).toBe(told);
  });

  it('asks for the usage of a stream where the server can', async () => {
    await using server = await rawServer(streamed({ content: 'A' }));
    await readAll(compatible(server), ask());
    expect(sent(server)).toEqual({
      model: 'llama',
      messages: [{ role: 'user', content: 'Q' }],
      stream: true,
      stream_options: { include_usage: true },
    });
  });

  it('has files as their kind asks for', async () => {
    await using server = await rawServer(whole({ content: 'A' }));
    const content = [
      { type: 'file', mediaType: 'image/png', url: 'https://example.com/a.png' },
      { type: 'file', mediaType: 'audio/wav', data: 'UklGRg==' },
      { type: 'file', mediaType: 'application/pdf', name: 'a.pdf', data: 'JVBERg==' },
    ] as const;
    await compatible(server).generate({ messages: [{ role: 'user', content }] }, call());
    expect(sent(server).messages[0].content).toEqual([
      { type: 'image_url', image_url: { url: 'https://example.com/a.png' } },
      { type: 'input_audio', input_audio: { data: 'UklGRg==', format: 'wav' } },
      { type: 'file', file: { filename: 'a.pdf', file_data: 'data:application/pdf;base64,JVBERg==' } },
    ]);
    const byUrl = { type: 'file', mediaType: 'application/pdf', url: 'https://example.com/a.pdf' } as const;
    const failure = await failureOf(
      compatible(server).generate({ messages: [{ role: 'user', content: [byUrl] }] }, call()),
    );
    expect(failure).toMatchObject({ code: 'model-request-invalid', hint: expect.stringContaining('base64') });
  });

  it("sends nothing of the user's account at OpenAI to another server", async () => {
    const { OPENAI_API_KEY, OPENAI_ORG_ID } = process.env;
    Object.assign(process.env, { OPENAI_API_KEY: 'sk-openai', OPENAI_ORG_ID: 'org-openai' });
    try {
      await using server = await rawServer(whole({ content: 'A' }), whole({ content: 'A' }));
      await compatible(server, { headers: { 'HTTP-Referer': 'https://example.com' } }).generate(ask(), call());
      await compatible(server, { apiKey: 'own-key' }).generate(ask(), call());
      const [first, second] = server.requests.map(({ headers }) => headers);
      expect(first).toMatchObject({ 'http-referer': 'https://example.com' });
      expect(first).not.toHaveProperty('authorization');
      expect(second).toMatchObject({ authorization: 'Bearer own-key' });
      expect(JSON.stringify([first, second])).not.toMatch(/sk-openai|org-openai/);
    } finally {
      for (const [name, value] of Object.entries({ OPENAI_API_KEY, OPENAI_ORG_ID })) {
        if (value === undefined) delete process.env[name];
        else process.env[name] = value;
      }
    }
  });
});

describe('a shared client', () => {
  it('of Azure is asked by its deployment, without its own retries', async () => {
    await using server = await rawServer(
      { status: 503, body: { error: { message: 'busy' } } },
      whole({ content: 'A' }),
    );
    const client = new AzureOpenAI({
      apiKey: 'azure-key',
      apiVersion: '2025-04-01-preview',
      baseURL: `${server.baseURL}/openai`,
      deployment: 'mine',
    });
    const model = openai('mine', { client, api: 'chat', reasoning: false });
    expect(await failureOf(model.generate(ask(), call()))).toMatchObject({ code: 'model-overloaded' });
    expect(server.requests).toHaveLength(1);
    await model.generate(ask(), call());
    expect(server.requests[1]).toMatchObject({
      path: '/v1/openai/deployments/mine/chat/completions?api-version=2025-04-01-preview',
      headers: { 'api-key': 'azure-key' },
    });
  });

  it('stands in place of key and address', () => {
    const client = new OpenAI({ apiKey: 'k' });
    expect(() => openai('gpt-5.5', { client, apiKey: 'k' })).toThrow('give either a client, or apiKey and baseURL');
  });
});

describe('calls of tools as servers give them', () => {
  const request = ask({ tools: [lookUp] });
  const given = { name: 'look_up', arguments: '{"tide":"high"}' };
  const expected = [{ type: 'tool-call', id: expect.any(String), tool: 'look_up', arguments: '{"tide":"high"}' }];

  it.each<[string, object[]]>([
    ['without an id', [{ function: given }]],
    ['with arguments that are no text', [{ id: 'c', function: { name: 'look_up', arguments: { tide: 'high' } } }]],
    ['without arguments', [{ id: 'c', function: { name: 'look_up' } }]],
  ])('%s, whole and streamed', async (name, calls) => {
    const pieces = calls.map((part, index) => ({ ...part, index }));
    await using server = await rawServer(whole({ content: null, tool_calls: calls }), streamed({ tool_calls: pieces }));
    const answer = await compatible(server).generate(request, call());
    const { chunks, response } = await readAll(compatible(server), request);
    const arguments_ = name === 'without arguments' ? '{}' : '{"tide":"high"}';
    for (const { message, finishReason } of [answer, response]) {
      expect(message.content).toEqual([{ ...expected[0], arguments: arguments_ }]);
      expect(finishReason).toBe('tool-calls');
    }
    expect(chunks).toHaveLength(1);
    expect(chunks[0]).toMatchObject({ id: (response.message.content[0] as { id: string }).id, tool: 'look_up' });
  });

  it.each<[string, object[]]>([
    [
      'in pieces, with the index alone',
      [
        { index: 0, id: 'c', function: { name: 'look_up', arguments: '' } },
        { index: 0, function: { arguments: '{"tide":' } },
        { index: 0, function: { arguments: '"high"}' } },
      ],
    ],
    [
      'in pieces that name the tool each time',
      [
        { index: 0, id: 'c', function: { name: 'look_up', arguments: '{"tide":' } },
        { index: 0, id: 'c', function: { name: 'look_up', arguments: '"high"}' } },
      ],
    ],
    [
      'in pieces without an index',
      [{ id: 'c', function: { name: 'look_up', arguments: '{"tide":' } }, { function: { arguments: '"high"}' } }],
    ],
    [
      'in pieces of which the name comes late',
      [
        { index: 0, id: 'c', function: { arguments: '{"tide":' } },
        { index: 0, function: { name: 'look_up', arguments: '"high"}' } },
      ],
    ],
  ])('streamed %s', async (_, pieces) => {
    await using server = await rawServer(streamed(...pieces.map((piece) => ({ tool_calls: [piece] }))));
    const { chunks, response } = await readAll(compatible(server), request);
    expect(response.message.content).toEqual(expected);
    expect(chunks.map((chunk) => ('arguments' in chunk ? chunk.arguments : '')).join('')).toBe('{"tide":"high"}');
  });

  it('streamed several at once, all with index 0', async () => {
    const one = (id: string, tide: string) => ({
      index: 0,
      id,
      function: { name: 'look_up', arguments: `{"tide":"${tide}"}` },
    });
    await using server = await rawServer(
      streamed({ tool_calls: [one('a', 'high')] }, { tool_calls: [one('b', 'low')] }),
    );
    const { response } = await readAll(compatible(server), request);
    expect(response.message.content).toMatchObject([
      { id: 'a', arguments: '{"tide":"high"}' },
      { id: 'b', arguments: '{"tide":"low"}' },
    ]);
  });
});

describe('reasoning that comes as text', () => {
  const tool = { id: 'c', function: { name: 'look_up', arguments: '{"tide":"high"}' } };
  const result: Message = { role: 'tool', callId: 'c', tool: 'look_up', content: 'R', failed: false };

  /** The message that the answer became, in a later request. */
  async function back(message: object, options: OpenAIOptions, ...after: readonly Message[]) {
    await using server = await rawServer(streamed(message), whole(message), whole({ content: 'A' }));
    const { chunks, response } = await readAll(compatible(server, options), ask({ tools: [lookUp] }));
    expect((await compatible(server, options).generate(ask({ tools: [lookUp] }), call())).message).toEqual(
      response.message,
    );
    const kept = JSON.parse(JSON.stringify(response.message)) as AssistantMessage;
    await compatible(server, options).generate(
      ask({ messages: [userText('Q'), kept, ...after], tools: [lookUp] }),
      call(),
    );
    return { chunks, content: response.message.content, sent: sent(server, 2).messages[1] };
  }

  it('goes back with the calls that it led to', async () => {
    const {
      chunks,
      content,
      sent: message,
    } = await back({ reasoning_content: 'I look.', tool_calls: [{ ...tool, index: 0 }] }, { name: 'deepseek' }, result);
    expect(chunks[0]).toEqual({ type: 'reasoning-delta', text: 'I look.' });
    expect(content[0]).toEqual({
      type: 'reasoning',
      text: 'I look.',
      provider: { deepseek: { field: 'reasoning_content' } },
    });
    expect(message).toEqual({
      role: 'assistant',
      content: null,
      reasoning_content: 'I look.',
      tool_calls: [{ type: 'function', ...tool }],
    });
  });

  it('stays away once the user speaks again, unless it is always to go, and always if never', async () => {
    const given = { reasoning: 'I look.', tool_calls: [{ ...tool, index: 0 }] };
    expect((await back(given, {}, result, userText('And?'))).sent).not.toHaveProperty('reasoning');
    expect((await back(given, { sendReasoning: 'always' }, result, userText('And?'))).sent).toMatchObject({
      reasoning: 'I look.',
    });
    expect((await back(given, { sendReasoning: 'never' }, result)).sent).not.toHaveProperty('reasoning');
  });

  it('goes back with its sealed parts', async () => {
    const details = [{ type: 'reasoning.encrypted', data: 'abc' }];
    const { sent: message } = await back(
      { reasoning_details: details, tool_calls: [{ ...tool, index: 0 }] },
      {},
      result,
    );
    expect(message).toMatchObject({ reasoning: '', reasoning_details: details });
  });
});

describe('sealed reasoning that is streamed in pieces', () => {
  it('is put together', async () => {
    const text = (part: object) => ({ reasoning_details: [{ type: 'reasoning.text', index: 0, ...part }] });
    await using server = await rawServer(
      streamed(
        { ...text({ text: 'I ' }), reasoning: 'I ' },
        { ...text({ text: 'look.' }), reasoning: 'look.' },
        text({ signature: 'sig' }),
        { reasoning_details: [{ type: 'reasoning.encrypted', index: 1, data: 'abc' }] },
        { content: 'A' },
      ),
    );
    const { response } = await readAll(compatible(server), ask());
    const details = [
      { type: 'reasoning.text', index: 0, text: 'I look.', signature: 'sig' },
      { type: 'reasoning.encrypted', index: 1, data: 'abc' },
    ];
    expect(response.message.content).toEqual([
      { type: 'reasoning', text: 'I look.', provider: { 'openai-compatible': { field: 'reasoning', details } } },
      { type: 'text', text: 'A' },
    ]);
  });
});

describe('answers as servers give them', () => {
  it('as a list of parts, with a refusal, with a cost', async () => {
    const usage = { prompt_tokens: 10, completion_tokens: 5, prompt_cache_hit_tokens: 4, cost: 0.25 };
    await using server = await rawServer(
      whole(
        {
          content: [
            { type: 'text', text: 'A' },
            { type: 'text', text: 'B' },
          ],
        },
        { usage },
      ),
      whole({ content: null, refusal: 'No.' }),
    );
    const answer = await compatible(server).generate(ask(), call());
    expect(textOf(answer.message)).toBe('AB');
    expect(answer.usage).toEqual({ inputTokens: 10, outputTokens: 5, cachedInputTokens: 4, cost: 0.25 });
    const refused = await compatible(server).generate(ask(), call());
    expect(refused).toMatchObject({ finishReason: 'refusal', usage: {}, message: { content: [{ text: 'No.' }] } });
    expect(refused.usage).toEqual({});
  });

  it('without their usage are estimated by the runtime', async () => {
    @Agent({ instructions: 'Greet.' })
    class Greeter {
      async run(_name: string, ctx: RunContext): Promise<string> {
        let text = '';
        for await (const piece of ctx.stream('Hello')) text += piece;
        return text;
      }
    }
    await using server = await rawServer(streamed({ content: 'Hello, ' }, { content: 'Ada.' }));
    const greet = defineWorkflow({ name: 'greet', version: 1, output: Greeter });
    const espalier = await createEspalier({ workflows: [greet], models: { default: compatible(server) } });
    const { output, usage } = await espalier.start(greet, 'Ada').outcome;
    expect(output).toBe('Hello, Ada.');
    expect(usage).toMatchObject({ outputTokens: 3 });
    expect(usage.inputTokens).toBeGreaterThan(0);
  });

  it('have a price where the user gives one', async () => {
    const usage = { prompt_tokens: 1000, completion_tokens: 0 };
    await using server = await rawServer(
      whole({ content: 'A' }, { usage, model: 'gpt-5.5' }),
      whole({ content: 'A' }, { usage }),
    );
    expect((await compatible(server).generate(ask(), call())).usage).not.toHaveProperty('cost');
    expect(
      (await compatible(server, { prices: { llama: { input: 3, output: 3 } } }).generate(ask(), call())).usage.cost,
    ).toBeCloseTo(0.003, 9);
  });

  it.each<[object, object]>([
    [
      { error: { code: 429, message: 'Provider is busy.' } },
      { code: 'model-rate-limited', message: expect.stringContaining('Provider is busy.') },
    ],
    [{ error: { code: 'context_length_exceeded', message: 'Too long.' } }, { code: 'model-context-length' }],
    [{ choices: [] }, { code: 'model-response-malformed' }],
    [{ choices: [{ message: { tool_calls: 1 } }] }, { code: 'model-response-malformed' }],
    [{ choices: [{ finish_reason: 'stop' }] }, { code: 'model-response-malformed' }],
  ])('that are none are errors: %j', async (reply, expected) => {
    await using server = await rawServer({ body: reply });
    expect(await failureOf(compatible(server).generate(ask(), call()))).toMatchObject(expected);
  });
});
