import { createGoogle } from '@ai-sdk/google';
import { createOpenAI } from '@ai-sdk/openai';
import { aiSdkEmbedding } from '@espalier/ai-sdk';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { failureOf } from './collect.js';
import { hang, json, type LocalServer, startLocalServer } from './local-server.js';

let server: LocalServer;
beforeAll(async () => {
  server = await startLocalServer();
});
afterAll(() => server.close());

const call = (signal = new AbortController().signal) => ({ signal, idempotencyKey: 'key' });
const ofOpenAI = () => createOpenAI({ apiKey: 'test-key', baseURL: server.url }).embedding('text-embedding-3-small');
const vectors = {
  object: 'list',
  model: 'text-embedding-3-small',
  data: [
    { object: 'embedding', index: 0, embedding: [1, 2] },
    { object: 'embedding', index: 1, embedding: [3, 4] },
  ],
  usage: { prompt_tokens: 7, total_tokens: 7 },
};

describe('aiSdkEmbedding', () => {
  it('gives the vectors of all texts, and what they have used', async () => {
    const model = aiSdkEmbedding(ofOpenAI(), { price: 0.02, providerOptions: { openai: { dimensions: 2 } } });
    expect([model.name, model.price, model.maxTexts]).toEqual(['openai.embedding:text-embedding-3-small', 0.02, 2048]);
    server.answer(json(vectors));
    expect(await model.embed(['a', 'b'], call())).toEqual({
      vectors: [
        [1, 2],
        [3, 4],
      ],
      usage: { inputTokens: 7 },
    });
    expect(server.requests.at(-1)?.body).toMatchObject({ input: ['a', 'b'], dimensions: 2 });
  });

  it('takes other providers too, such as Google', async () => {
    const google = createGoogle({ apiKey: 'test-key', baseURL: server.url });
    const model = aiSdkEmbedding(google.embedding('gemini-embedding-001'), { name: 'gemini@768' });
    expect([model.name, model.maxTexts]).toEqual(['gemini@768', 100]);
    server.answer(json({ embeddings: [{ values: [1, 2] }, { values: [3, 4] }] }));
    expect((await model.embed(['a', 'b'], call())).vectors).toEqual([
      [1, 2],
      [3, 4],
    ]);
  });

  it('tells what a failure means, and does not try again', async () => {
    server.answer(json({ error: { message: 'slow down', code: 'rate_limit_exceeded' } }, 429, { 'retry-after': '7' }));
    const before = server.requests.length;
    expect(await failureOf(aiSdkEmbedding(ofOpenAI()).embed(['a'], call()))).toMatchObject({
      code: 'model-rate-limited',
      retryable: true,
      message: expect.stringContaining('openai.embedding:text-embedding-3-small'),
    });
    expect(server.requests.length - before).toBe(1);
  });

  it('ends its request when it is aborted, with the reason that it is given', async () => {
    server.answer(hang());
    const controller = new AbortController();
    const before = server.requests.length;
    const asking = aiSdkEmbedding(ofOpenAI()).embed(['a'], call(controller.signal));
    while (server.requests.length === before) await new Promise((resolve) => setImmediate(resolve));
    controller.abort(new Error('enough'));
    await expect(asking).rejects.toThrow('enough');
    await server.requests.at(-1)?.aborted;
  });

  it.each([
    [null, 'expected an embedding model of the AI SDK, got null'],
    [{}, 'expected an embedding model of the AI SDK, got object'],
    [{ provider: 'p', modelId: 'm', specificationVersion: 'v4' }, "got 'p:m', which makes no vectors"],
    [
      { provider: 'p', modelId: 'm', specificationVersion: 'v2', doEmbed: () => {} },
      "expected specification 'v4' or 'v3' (AI SDK 7 or 6), got 'v2' from 'm'",
    ],
  ])('refuses %j', (model, message) => {
    expect(() => aiSdkEmbedding(model as never)).toThrow(message);
  });

  it('refuses a price that is none, and bounds the texts of a model that does not', async () => {
    expect(() => aiSdkEmbedding(ofOpenAI(), { price: Number.NaN })).toThrow('price: expected a number from 0, got NaN');
    const endless = { ...ofOpenAI(), maxEmbeddingsPerCall: undefined, doEmbed: () => {}, provider: 'p', modelId: 'm' };
    expect(aiSdkEmbedding(endless as never)).toMatchObject({ name: 'p:m', maxTexts: 96 });
    const limits = [Number.POSITIVE_INFINITY, 0, 2.5, Promise.resolve(7), Promise.resolve(undefined)];
    const models = limits.map((maxEmbeddingsPerCall) => aiSdkEmbedding({ ...endless, maxEmbeddingsPerCall } as never));
    const taken = await Promise.all(models.map(({ maxTexts }) => maxTexts));
    expect(taken).toEqual([Number.POSITIVE_INFINITY, 96, 96, 7, 96]);
  });
});
