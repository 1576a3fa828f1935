import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { describe, expect, it } from '@jest/globals';
import { OpenAI } from 'openai';
import { openaiCompatibleEmbedding, openaiEmbedding } from '../src/index.js';
import { failureOf, rawServer } from './harness.js';

const call = (signal = new AbortController().signal) => ({
  signal,
  idempotencyKey: 'run/desk#1/notes:facts/recall[1]',
});

/** Vectors as OpenAI sends them. */
const base64 = (...values: readonly number[]): string =>
  Buffer.from(Float32Array.from(values).buffer).toString('base64');

const answer = (embeddings: readonly unknown[], usage: unknown = { prompt_tokens: 7, total_tokens: 7 }) => ({
  body: {
    object: 'list',
    model: 'text-embedding-3-small',
    data: embeddings.map((embedding, index) => ({ object: 'embedding', index, embedding })),
    usage,
  },
});

describe('openaiEmbedding', () => {
  it('asks for the vectors of all texts at once, and reads them in the order of the texts', async () => {
    const reply = answer([base64(1, 2), base64(3, 4)]);
    reply.body.data.reverse();
    await using server = await rawServer(reply);
    const model = openaiEmbedding('text-embedding-3-small', { baseURL: server.baseURL, apiKey: 'key', dimensions: 2 });
    const { vectors, usage } = await model.embed(['a', 'b'], call());
    expect(vectors.map((vector) => Array.from(vector))).toEqual([
      [1, 2],
      [3, 4],
    ]);
    expect(usage).toEqual({ inputTokens: 7 });
    const [request] = server.requests;
    expect(request?.path).toMatch(/\/embeddings$/);
    const body = { model: 'text-embedding-3-small', input: ['a', 'b'], dimensions: 2, encoding_format: 'base64' };
    expect(request?.body).toEqual(body);
    expect(request?.headers).toMatchObject({
      authorization: 'Bearer key',
      'idempotency-key': 'run/desk#1/notes:facts/recall[1]',
    });
  });

  it('has a name for each length of vectors, and the list price', () => {
    expect(openaiEmbedding('text-embedding-3-small')).toMatchObject({
      name: 'openai:text-embedding-3-small',
      price: 0.02,
      maxTexts: 256,
    });
    expect(openaiEmbedding('text-embedding-3-large', { dimensions: 512, price: 1 })).toMatchObject({
      name: 'openai:text-embedding-3-large@512',
      price: 1,
    });
    expect(openaiEmbedding('constructor').price).toBeUndefined();
  });

  it('uses a client that is shared', async () => {
    await using server = await rawServer(answer([base64(1)]));
    const client = new OpenAI({ baseURL: server.baseURL, apiKey: 'shared', maxRetries: 5 });
    await openaiEmbedding('text-embedding-3-small', { client }).embed(['a'], call());
    expect(server.requests[0]?.headers.authorization).toBe('Bearer shared');
  });

  it.each([
    [429, { message: 'slow down', code: 'rate_limit_exceeded' }, 'model-rate-limited', true],
    [401, { message: 'no', code: 'invalid_api_key' }, 'model-auth', false],
    [400, { message: "This model's maximum context length is 8192 tokens." }, 'model-context-length', false],
    [500, { message: 'oops' }, 'model-overloaded', true],
  ])('tells what status %p means, and does not try again', async (status, error, code, retryable) => {
    await using server = await rawServer({ status, body: { error } });
    const model = openaiEmbedding('text-embedding-3-small', { baseURL: server.baseURL, apiKey: 'sk-secret' });
    const failure = await failureOf(model.embed(['a'], call()));
    expect(failure).toMatchObject({
      code,
      retryable,
      message: expect.stringContaining('openai:text-embedding-3-small'),
    });
    expect(JSON.stringify(failure)).not.toContain('sk-secret');
    expect(server.requests).toHaveLength(1);
  });

  it.each([
    ['too few', answer([base64(1)])],
    ['no vectors', { body: {} }],
    ['something else', answer([7, base64(1)])],
    [
      'two for one text',
      {
        body: {
          data: [
            { index: 0, embedding: [1] },
            { index: 0, embedding: [2] },
          ],
        },
      },
    ],
  ])('refuses an answer with %s', async (_what, reply) => {
    await using server = await rawServer(reply);
    const model = openaiEmbedding('text-embedding-3-small', { baseURL: server.baseURL, apiKey: 'key' });
    expect(await failureOf(model.embed(['a', 'b'], call()))).toMatchObject({ code: 'model-response-malformed' });
  });

  it('ends its request when it is aborted, with the reason that it is given', async () => {
    let closed: Promise<unknown> | undefined;
    const server = createServer((request) => {
      closed = once(request.socket, 'close');
      asked();
    });
    let asked = (): void => {};
    const arrived = new Promise<void>((resolve) => {
      asked = resolve;
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const baseURL = `http://127.0.0.1:${(server.address() as AddressInfo).port}/v1`;
    const controller = new AbortController();
    const asking = openaiEmbedding('m', { baseURL, apiKey: 'key' }).embed(['a'], call(controller.signal));
    await arrived;
    controller.abort(new Error('enough'));
    await expect(asking).rejects.toThrow('enough');
    await closed;
    server.close();
    await expect(
      openaiEmbedding('m', { baseURL, apiKey: 'key' }).embed(['a'], call(controller.signal)),
    ).rejects.toThrow('enough');
  });

  it.each([
    [{ dimensions: 0 }, 'openaiEmbedding(model, options): dimensions: expected a whole number from 1, got 0.'],
    [{ maxTexts: 1.5 }, 'openaiEmbedding(model, options): maxTexts: expected a whole number from 1, got 1.5.'],
    [{ price: -1 }, 'openaiEmbedding(model, options): price: expected a number from 0, got -1.'],
    [{ strict: true, speed: 1 }, "openaiEmbedding(model, options): unknown option 'speed'."],
  ])('refuses %j', (options, message) => {
    expect(() => openaiEmbedding('m', options as object)).toThrow(message);
  });
});

describe('openaiCompatibleEmbedding', () => {
  it('sends neither a key nor what only OpenAI knows, and has no price', async () => {
    await using server = await rawServer(answer([[0.5, 1]], null));
    const model = openaiCompatibleEmbedding(server.baseURL, 'nomic-embed-text', { name: 'ollama' });
    expect([model.name, model.price]).toEqual(['ollama:nomic-embed-text', undefined]);
    expect(await model.embed(['a'], call())).toEqual({ vectors: [[0.5, 1]] });
    const [request] = server.requests;
    expect(request?.headers.authorization).toBeUndefined();
    expect(request?.body).toEqual({ model: 'nomic-embed-text', input: ['a'], encoding_format: 'float' });
  });
});
