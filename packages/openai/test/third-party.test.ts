import { createRequire } from 'node:module';
import type { AddressInfo } from 'node:net';
import { LLMock } from '@copilotkit/aimock';
import { textOf, toolCallsOf, userText } from '@espalier/core';
import { afterAll, beforeAll, describe, expect, it, jest } from '@jest/globals';
import { type MockControl, mockOpenAIResponse } from 'openai-api-mock';
import { openai, openaiCompatible } from '../src/index.js';
import { ask, call, failureOf, readAll } from './harness.js';

const lookUp = {
  name: 'look_up',
  description: 'Looks up',
  parameters: { type: 'object', properties: { tide: { type: 'string' } }, required: ['tide'] },
};

describe('@copilotkit/aimock', () => {
  const mock = new LLMock({ port: 0 });
  beforeAll(async () => {
    mock.onMessage('hello', {
      content: 'Hi there, how are you?',
      usage: { prompt_tokens: 11, completion_tokens: 7, input_tokens: 11, output_tokens: 7 },
    });
    mock.onMessage('tide', { toolCalls: [{ name: 'look_up', arguments: '{"tide":"high"}' }] });
    mock.onMessage('think', { content: 'Noon.', reasoning: 'The moon is full.' });
    await mock.start();
  });
  afterAll(() => mock.stop());

  describe.each(['responses', 'chat'] as const)('%s', (api) => {
    const model = () => openai('gpt-5.5', { apiKey: 'mock', baseURL: `${mock.url}/v1`, api });

    it('answers, whole and streamed', async () => {
      const request = ask({ messages: [userText('hello')] });
      const whole = await model().generate(request, call());
      const { chunks, response } = await readAll(model(), request);
      expect(textOf(whole.message)).toBe('Hi there, how are you?');
      expect(textOf(response.message)).toBe('Hi there, how are you?');
      expect(chunks.length).toBeGreaterThan(1);
      expect(whole).toMatchObject({ finishReason: 'stop', requestId: expect.any(String) });
      expect(whole.usage).toMatchObject({ inputTokens: 11, outputTokens: 7, cost: expect.any(Number) });
      expect(response.usage).toEqual(whole.usage);
    });

    it('calls tools, whole and streamed', async () => {
      const request = ask({ messages: [userText('tide')], tools: [lookUp] });
      for (const response of [await model().generate(request, call()), (await readAll(model(), request)).response]) {
        expect(response.finishReason).toBe('tool-calls');
        expect(toolCallsOf(response.message)).toMatchObject([{ tool: 'look_up', arguments: '{"tide":"high"}' }]);
      }
    });

    it('reasons', async () => {
      const { response } = await readAll(model(), ask({ messages: [userText('think')] }));
      expect(response.message.content).toMatchObject([
        { type: 'reasoning', text: 'The moon is full.' },
        { type: 'text', text: 'Noon.' },
      ]);
    });

    it('fails as it is told to', async () => {
      mock.nextRequestError(429, { message: 'Slow down.', type: 'rate_limit_error' });
      expect(await failureOf(model().generate(ask({ messages: [userText('hello')] }), call()))).toMatchObject({
        code: 'model-rate-limited',
        message: expect.stringContaining('Slow down.'),
      });
    });
  });
});

describe('@dwmkerr/mock-llm', () => {
  const require = createRequire(import.meta.url);
  interface Listening {
    address(): AddressInfo;
    close(done: () => void): void;
  }
  let server: Listening;
  let log: { mockRestore(): void };
  beforeAll(async () => {
    log = jest.spyOn(console, 'log').mockImplementation(() => undefined);
    const { createServer } = require('@dwmkerr/mock-llm/dist/server.js') as {
      createServer(
        config: object,
        host: string,
        port: number,
      ): { listen(port: number, host: string, done: () => void): Listening };
    };
    const { getDefaultConfig } = require('@dwmkerr/mock-llm/dist/config.js') as { getDefaultConfig(): object };
    const app = createServer(
      { ...getDefaultConfig(), streaming: { chunkSize: 4, chunkIntervalMs: 1 } },
      '127.0.0.1',
      0,
    );
    await new Promise<void>((resolve) => {
      server = app.listen(0, '127.0.0.1', resolve);
    });
  });
  afterAll(async () => {
    await new Promise<void>((resolve) => server.close(resolve));
    log.mockRestore();
  });

  it('answers, whole and streamed, without a usage', async () => {
    const model = openaiCompatible(`http://127.0.0.1:${server.address().port}/v1`, 'any');
    const request = ask({ messages: [userText('The tide turns at noon.')] });
    const whole = await model.generate(request, call());
    const { chunks, response } = await readAll(model, request);
    expect(textOf(whole.message)).toBe('The tide turns at noon.');
    expect(textOf(response.message)).toBe('The tide turns at noon.');
    expect(chunks).toHaveLength(6);
    expect(whole.usage).toEqual({});
  });
});

describe('openai-api-mock', () => {
  let control: MockControl;
  beforeAll(() => {
    control = mockOpenAIResponse(true, { seed: 1, useFixedResponses: true });
  });
  afterAll(() => control.stopMocking());

  it("answers in OpenAI's place", async () => {
    const model = openai('gpt-5.5', { apiKey: 'sk-mock', api: 'chat', strict: false });
    const { message, finishReason, usage } = await model.generate(ask({ messages: [userText('Hello')] }), call());
    expect(textOf(message)).not.toBe('');
    expect(finishReason).toBe('stop');
    expect(usage.inputTokens).toBeGreaterThan(0);
  });
});
