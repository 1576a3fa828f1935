import { createAnthropic } from '@ai-sdk/anthropic';
import { createGoogle } from '@ai-sdk/google';
import { createOpenAI } from '@ai-sdk/openai';
import { LLMock } from '@copilotkit/aimock';
import { type AiSdkModel, aiSdk } from '@espalier/ai-sdk';
import {
  Agent,
  type ChatModel,
  createEspalier,
  defineWorkflow,
  type RunContext,
  Tool,
  textOf,
  userText,
} from '@espalier/core';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { z } from 'zod';
import { call, collect, failureOf } from './collect.js';

/** A server that nobody here wrote. */
const server = new LLMock({ port: 0, logLevel: 'silent' });
beforeAll(() => server.start());
afterAll(() => server.stop());

const port = z.object({ name: z.string() });
const tide = z.object({ highWater: z.string() });

@Agent({ instructions: 'You answer from the tide table.' })
class Pilot {
  @Tool({ description: 'Looks up the tide of a port', input: port })
  tide({ name }: z.infer<typeof port>): string {
    return `high water in ${name}: 04:10`;
  }

  run(question: string, ctx: RunContext): Promise<z.infer<typeof tide>> {
    return ctx.generate(tide, question);
  }
}

const apiKey = 'key';
const models: readonly (readonly [string, () => AiSdkModel])[] = [
  ['Google', () => createGoogle({ apiKey, baseURL: `${server.url}/v1beta` })('gemini-3-pro-preview')],
  ['OpenAI', () => createOpenAI({ apiKey, baseURL: `${server.url}/v1` })('gpt-5')],
  ['Anthropic', () => createAnthropic({ apiKey, baseURL: `${server.url}/v1` })('claude-sonnet-4-5')],
];

async function ask(model: ChatModel): Promise<{ readonly output: unknown; readonly tools: number }> {
  const pilot = defineWorkflow({ name: 'pilot', version: 1, output: Pilot });
  const espalier = await createEspalier({ workflows: [pilot], models: { default: model } });
  const run = espalier.start(pilot, 'High water in Brest?');
  let tools = 0;
  for await (const event of run) if (event.type === 'tool-end') tools += 1;
  return { output: await run.result, tools };
}

describe.each(models)('%s of the AI SDK, against a foreign server', (_name, create) => {
  it('calls a tool and answers in a shape', async () => {
    server.clearFixtures();
    server.on(
      { userMessage: 'Brest', hasToolResult: false },
      { toolCalls: [{ name: 'tide', arguments: '{"name":"Brest"}' }] },
    );
    server.on({ hasToolResult: true }, { content: '{"highWater":"04:10"}' });

    // The server gives no signatures with Gemini's calls, which the provider warns of.
    const model = aiSdk(create(), { onWarning: () => undefined });
    expect(await ask(model)).toEqual({ output: { highWater: '04:10' }, tools: 1 });
    expect(JSON.stringify(server.getLastRequest()?.body)).toContain('high water in Brest: 04:10');
  });

  it('streams', async () => {
    server.clearFixtures();
    server.onMessage('tide', { content: 'High water is at 04:10, low water at 10:20.' });
    const { chunks, response } = await collect(aiSdk(create()), { messages: [userText('The tide?')] });
    const text = chunks.map((chunk) => (chunk.type === 'text-delta' ? chunk.text : '')).join('');

    expect(text).toBe('High water is at 04:10, low water at 10:20.');
    expect(chunks.length).toBeGreaterThan(1);
    expect(response).toMatchObject({ finishReason: 'stop', usage: { outputTokens: expect.any(Number) } });
    expect(textOf(response.message)).toBe(text);
  });

  it('tells of a rate limit, and how long to wait', async () => {
    server.clearFixtures();
    server.on({}, { error: { message: 'Slow down', type: 'rate_limit_error' }, status: 429, retryAfter: 3 });
    const failure = await failureOf(aiSdk(create()).generate({ messages: [userText('?')] }, call()));

    expect(failure).toMatchObject({
      code: 'model-rate-limited',
      retryable: true,
      details: { status: 429, retryAfter: 3000 },
    });
  });
});
