import { LLMock } from '@copilotkit/aimock';
import { textOf, toolCallsOf } from '@espalier/core';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { anthropic } from '../src/index.js';
import { ask, errorOf, options, readAll } from './harness.js';

/** A server of the Messages API that was written elsewhere. */
describe('against aimock', () => {
  const mock = new LLMock({ port: 0, logLevel: 'silent' });
  let url = '';
  beforeAll(async () => {
    url = await mock.start();
  });
  afterAll(() => mock.stop());

  const model = (name = 'claude-haiku-4-5') => anthropic(name, { apiKey: 'mock', baseURL: url });
  const tool = {
    name: 'weather',
    description: 'Looks',
    parameters: { type: 'object', properties: { place: { type: 'string' } }, required: ['place'] },
  };

  it('gives text, whole and streamed', async () => {
    mock.onMessage('tides', { content: 'They turn twice a day, as the moon has it.' });
    const whole = await model().generate(ask('When do tides turn?'), options());
    const { chunks, response } = await readAll(model(), ask('When do tides turn?'));

    expect(textOf(whole.message)).toBe('They turn twice a day, as the moon has it.');
    expect(whole).toMatchObject({
      finishReason: 'stop',
      usage: { inputTokens: expect.any(Number), outputTokens: expect.any(Number) },
    });
    expect(textOf(response.message)).toBe(textOf(whole.message));
    expect(chunks.map((chunk) => (chunk.type === 'text-delta' ? chunk.text : '?')).join('')).toBe(
      textOf(whole.message),
    );
    expect(chunks.length).toBeGreaterThan(1);
  });

  it('calls tools and takes their results', async () => {
    mock.onToolResult('toolu_bonn', { content: 'Rain in Bonn.' });
    mock.onMessage('weather', { toolCalls: [{ id: 'toolu_bonn', name: 'weather', arguments: '{"place":"Bonn"}' }] });
    const request = ask('What is the weather?', { tools: [tool] });
    const { chunks, response } = await readAll(model(), request);
    const [call] = toolCallsOf(response.message);

    expect(response.finishReason).toBe('tool-calls');
    expect(call).toEqual({ type: 'tool-call', id: 'toolu_bonn', tool: 'weather', arguments: '{"place":"Bonn"}' });
    expect(chunks.flatMap((chunk) => (chunk.type === 'tool-call-delta' ? [chunk.arguments] : [])).join('')).toBe(
      '{"place":"Bonn"}',
    );

    const result = { role: 'tool', callId: 'toolu_bonn', tool: 'weather', content: 'Rain', failed: false } as const;
    const next = await model().generate(
      { ...request, messages: [...request.messages, response.message, result] },
      options(),
    );
    expect(textOf(next.message)).toBe('Rain in Bonn.');
  });

  it('gives thinking with its signature, and redacted thinking', async () => {
    mock.onMessage('riddle', {
      content: 'A river.',
      reasoning: 'It runs…',
      reasoningSignature: 'c2ln',
      redactedThinking: ['ZGF0YQ=='],
    });
    for (const response of [
      await model().generate(ask('A riddle'), options()),
      (await readAll(model(), ask('A riddle'))).response,
    ]) {
      expect(textOf(response.message)).toBe('A river.');
      expect(response.message.content).toEqual(
        expect.arrayContaining([
          { type: 'reasoning', text: 'It runs…', provider: { anthropic: { signature: 'c2ln' } } },
          { type: 'reasoning', text: '', provider: { anthropic: { redacted: 'ZGF0YQ==' } } },
        ]),
      );
    }
  });

  it('gives data of a schema', async () => {
    mock.onMessage('count', { content: '{"value":[1,2,3]}' });
    const output = { name: 'Numbers', schema: { type: 'array', items: { type: 'number' } } };
    const { message } = await model().generate(ask('count'), options());
    expect(textOf(message)).toBe('{"value":[1,2,3]}');
    expect(textOf((await model().generate(ask('count', { output }), options())).message)).toBe('[1,2,3]');
  });

  it.each([
    [429, 'rate_limit_error', 'model-rate-limited', true],
    [529, 'overloaded_error', 'model-overloaded', true],
    [401, 'authentication_error', 'model-auth', false],
    [400, 'invalid_request_error', 'model-request-invalid', false],
  ])('fails with HTTP %d', async (status, type, code, retryable) => {
    mock.nextRequestError(status, { message: 'It happened.', type });
    const error = await errorOf(model().generate(ask('tides'), options()));
    expect(error).toMatchObject({ code, retryable, details: { status } });
    expect(error.message).toContain('It happened.');
  });

  it('is cut in the middle of a stream', async () => {
    mock.onMessage(
      'cut',
      { content: 'one two three four five six seven eight' },
      { chunkSize: 4, truncateAfterChunks: 4 },
    );
    expect(await errorOf(readAll(model(), ask('cut')))).toMatchObject({ code: 'model-connection', retryable: true });
  });
});
