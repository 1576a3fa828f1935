import { textOf } from '@espalier/core';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { ask, errorOf, modelOf, options, readAll } from './harness.js';
import { events, json, startWireServer, streamOf, text, type WireServer } from './wire-server.js';

const delta = (value: string) => ({ type: 'text_delta', text: value });
const thinking = { type: 'thinking', thinking: '', signature: '' };
const toolUse = (id: string) => ({ type: 'tool_use', id, name: 'weather', input: {}, caller: { type: 'direct' } });
const args = (partial_json: string) => ({ type: 'input_json_delta', partial_json });

describe('a streamed answer over HTTP', () => {
  let server: WireServer;
  beforeAll(async () => {
    server = await startWireServer();
  });
  afterAll(() => server.stop());

  const read = (parts: Parameters<typeof events>[0], end?: Parameters<typeof events>[1]) => {
    server.answer(events(parts, end));
    return readAll(modelOf(server), ask('Hello'));
  };
  const failed = (parts: Parameters<typeof events>[0], end?: Parameters<typeof events>[1]) => errorOf(read(parts, end));

  it('gives thinking, text and the arguments of tools while they come, and the answer whole', async () => {
    const { chunks, response } = await read(
      streamOf(
        [
          {
            start: thinking,
            deltas: [
              { type: 'thinking_delta', thinking: 'Hm' },
              { type: 'thinking_delta', thinking: '.' },
              { type: 'signature_delta', signature: 'sig==' },
            ],
          },
          { start: { type: 'redacted_thinking', data: 'secret==' } },
          { start: text(''), deltas: [delta('Let '), delta('me ❤ see.')] },
          { start: toolUse('toolu_1'), deltas: [args(''), args('{"place": "Bo'), args('nn"}')] },
          { start: toolUse('toolu_2') },
        ],
        { stop: 'tool_use', usage: { output_tokens: 89, output_tokens_details: { thinking_tokens: 9 } } },
      ),
    );

    expect(chunks).toEqual([
      { type: 'reasoning-delta', text: 'Hm' },
      { type: 'reasoning-delta', text: '.' },
      { type: 'text-delta', text: 'Let ' },
      { type: 'text-delta', text: 'me ❤ see.' },
      { type: 'tool-call-delta', id: 'toolu_1', tool: 'weather', arguments: '' },
      { type: 'tool-call-delta', id: 'toolu_1', tool: 'weather', arguments: '{"place": "Bo' },
      { type: 'tool-call-delta', id: 'toolu_1', tool: 'weather', arguments: 'nn"}' },
      { type: 'tool-call-delta', id: 'toolu_2', tool: 'weather', arguments: '' },
    ]);
    expect(response).toEqual({
      message: {
        role: 'assistant',
        content: [
          { type: 'reasoning', text: 'Hm.', provider: { anthropic: { signature: 'sig==' } } },
          { type: 'reasoning', text: '', provider: { anthropic: { redacted: 'secret==' } } },
          { type: 'text', text: 'Let me ❤ see.' },
          { type: 'tool-call', id: 'toolu_1', tool: 'weather', arguments: '{"place": "Bonn"}' },
          { type: 'tool-call', id: 'toolu_2', tool: 'weather', arguments: '{}' },
        ],
      },
      finishReason: 'tool-calls',
      usage: {
        inputTokens: 325,
        outputTokens: 89,
        cachedInputTokens: 200,
        cacheWriteTokens: 100,
        reasoningTokens: 9,
        cost: expect.closeTo((25 + 100 * 1.25 + 200 * 0.1 + 89 * 5) / 1e6, 10),
      },
      model: 'claude-haiku-4-5-20251001',
      requestId: 'req_2',
    });
    expect(server.seen.at(-1)?.body.stream).toBe(true);
  });

  it('keeps arguments that are malformed as the model wrote them', async () => {
    const { response } = await read(
      streamOf([{ start: toolUse('toolu_1'), deltas: [args('{"place": ')] }], { stop: 'max_tokens' }),
    );
    expect(response.message.content).toEqual([
      { type: 'tool-call', id: 'toolu_1', tool: 'weather', arguments: '{"place": ' },
    ]);
    expect(response.finishReason).toBe('length');
  });

  it('puts together what tools of the provider did, and citations', async () => {
    const search = {
      type: 'server_tool_use',
      id: 'srvtoolu_1',
      name: 'web_search',
      input: {},
      caller: { type: 'direct' },
    };
    const result = {
      type: 'web_search_tool_result',
      tool_use_id: 'srvtoolu_1',
      content: [],
      caller: { type: 'direct' },
    };
    const citation = { type: 'web_search_result_location', url: 'https://example.org' };
    const { chunks, response } = await read(
      streamOf([
        { start: search, deltas: [args('{"query":'), args('"tides"}')] },
        { start: result },
        { start: text(''), deltas: [{ type: 'citations_delta', citation }, delta('Twice.')] },
      ]),
    );

    expect(chunks).toEqual([{ type: 'text-delta', text: 'Twice.' }]);
    expect(response.message.content).toEqual([
      { type: 'text', text: '', provider: { anthropic: { block: { ...search, input: { query: 'tides' } } } } },
      { type: 'text', text: '', provider: { anthropic: { block: result } } },
      {
        type: 'text',
        text: 'Twice.',
        provider: { anthropic: { block: { type: 'text', text: 'Twice.', citations: [citation] } } },
      },
    ]);
  });

  it('goes on with a turn that the provider paused', async () => {
    server.answer(events(streamOf([{ start: text(''), deltas: [delta('One, ')] }], { stop: 'pause_turn' })));
    const { chunks, response } = await read(streamOf([{ start: text(''), deltas: [delta('two.')] }]));

    expect(chunks).toEqual([
      { type: 'text-delta', text: 'One, ' },
      { type: 'text-delta', text: 'two.' },
    ]);
    expect(textOf(response.message)).toBe('One, two.');
    expect(response.usage).toMatchObject({ inputTokens: 650, outputTokens: 30, cachedInputTokens: 400 });
  });

  it('reads past what it does not know', async () => {
    const known = streamOf([{ start: text(''), deltas: [{ type: 'of_tomorrow' }, delta('Hi.')] }]);
    const { response } = await read([known[0] as { type: string }, { type: 'news' }, ...known.slice(1)]);
    expect(textOf(response.message)).toBe('Hi.');
  });

  it('tells why the model refused in the middle', async () => {
    const details = { type: 'refusal', category: 'cyber', explanation: null };
    const { response } = await read(streamOf([], { stop: 'refusal', details }));
    expect(response).toMatchObject({ finishReason: 'refusal', message: { content: [{ text: 'cyber' }] } });
  });

  const begun = streamOf([{ start: text(''), deltas: [delta('Hel'), delta('lo')] }]).slice(0, 5);

  it.each([
    ['overloaded_error', 'model-overloaded', true],
    ['rate_limit_error', 'model-rate-limited', true],
    ['api_error', 'model-overloaded', true],
    ['timeout_error', 'model-timeout', true],
    ['invalid_request_error', 'model-request-invalid', false],
    ['authentication_error', 'model-auth', false],
    ['one_of_tomorrow', 'model-overloaded', true],
  ])('that ends with the event of a %s is %s', async (type, code, retryable) => {
    const error = { type: 'error', error: { type, message: 'It happened.' } };
    const thrown = await failed([...begun, error]);
    expect(thrown).toMatchObject({ code, retryable });
    expect(thrown.message).toBe("Model 'anthropic:claude-haiku-4-5': It happened. (request req_2)");
  });

  it('that is cut is a failed connection', async () => {
    expect(await failed(begun, 'cut')).toMatchObject({ code: 'model-connection', retryable: true });
  });

  it('that ends too early is a failed connection', async () => {
    const error = await failed(begun);
    expect(error).toMatchObject({ code: 'model-connection', retryable: true });
    expect(error.message).toBe("Model 'anthropic:claude-haiku-4-5': The stream ended before the answer was whole.");
  });

  it('of garbage cannot be read', async () => {
    const error = await failed([...begun, 'event: content_block_delta\ndata: {"type": \n\n']);
    expect(error).toMatchObject({ code: 'model-response-malformed', retryable: true });
  });

  it('that is no stream at all cannot be read', async () => {
    server.answer(json({ hello: 'world' }));
    expect(await errorOf(readAll(modelOf(server), ask('Hello')))).toMatchObject({ retryable: true });
  });

  it('is aborted down to the socket, with the reason of who aborts it', async () => {
    const own = await startWireServer();
    own.answer(events(begun, 'open'));
    const controller = new AbortController();
    const reason = new Error('enough');
    const reading = readAll(modelOf(own), ask('Hello'), options(controller.signal));
    setImmediate(function abort() {
      if (own.seen.length === 0) setImmediate(abort);
      else controller.abort(reason);
    });

    expect(await errorOf(reading)).toBe(reason);
    await own.closed;
    await own.stop();
  });

  it('is aborted down to the socket by a reader who stops', async () => {
    const own = await startWireServer();
    own.answer(events(begun, 'open'));
    for await (const chunk of modelOf(own).stream?.(ask('Hello'), options()) ?? []) {
      expect(chunk).toEqual({ type: 'text-delta', text: 'Hel' });
      break;
    }
    await own.closed;
    await own.stop();
  });
});

describe('a streamed answer in another shape than it was asked for', () => {
  it('is held back until it has the shape that the program knows', async () => {
    const server = await startWireServer();
    const record = { type: 'object', additionalProperties: { type: 'number' } };
    const tool = {
      name: 'weather',
      description: '',
      parameters: { type: 'object', properties: { by: record }, required: ['by'] },
    };
    server.answer(
      events(
        streamOf(
          [
            { start: text(''), deltas: [delta('{"value":'), delta('[1]}')] },
            { start: toolUse('toolu_1'), deltas: [args('{"by":[{"key":"a",'), args('"value":2}]}')] },
          ],
          { stop: 'tool_use' },
        ),
      ),
    );
    const output = { name: 'Numbers', schema: { type: 'array', items: { type: 'number' } } };
    const { chunks, response } = await readAll(modelOf(server), ask('Hello', { output, tools: [tool] }));

    expect(chunks).toEqual([
      { type: 'text-delta', text: '[1]' },
      { type: 'tool-call-delta', id: 'toolu_1', tool: 'weather', arguments: '{"by":{"a":2}}' },
    ]);
    expect(response.message.content).toEqual([
      { type: 'text', text: '[1]', provider: { anthropic: { written: '{"value":[1]}' } } },
      {
        type: 'tool-call',
        id: 'toolu_1',
        tool: 'weather',
        arguments: '{"by":{"a":2}}',
        provider: { anthropic: { written: '{"by":[{"key":"a","value":2}]}' } },
      },
    ]);
    await server.stop();
  });
});
