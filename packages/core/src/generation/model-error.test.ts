import { inspect } from 'node:util';
import { type ChatModel, type EspalierError, MemoryJournal, Retry, VirtualClock } from '@espalier/core';
import { describe, expect, it } from '@jest/globals';
import { build } from '../../test/build.js';
import { makeAgent } from '../../test/make-agent.js';
import { ScriptedModel } from '../../test/scripted-model.js';

const key = 'sk-proj-0123456789abcdefghij';

/** An error such as SDKs throw: it holds the request that failed, and what caused it does too. */
function sdkError(more: object = {}): Error {
  const headers = { authorization: `Bearer ${key}`, 'x-api-key': key };
  const cause = Object.assign(new Error(`fetch failed: authorization: Bearer ${key}`), { request: { headers } });
  return Object.assign(new Error(`401 Incorrect API key provided: ${key}`, { cause }), {
    headers,
    request: { headers },
    config: { apiKey: key },
    ...more,
  });
}

/** Everything that anybody can see of a run whose model throws. */
async function seen(error: unknown) {
  const store = new MemoryJournal();
  const asker = makeAgent('asker', [], (_inputs, ctx) => ctx.generate('x'), [], { model: 'default' });
  const model = new ScriptedModel(() => {
    throw error;
  });
  const { start } = await build(asker, {}, { store, models: { default: model } });
  const run = start();
  const outcome = await run.outcome;
  const cause = (outcome.error as Error).cause as EspalierError;
  return { cause, all: inspect(outcome.error, { depth: 20 }) + JSON.stringify(store.read(run.id)) };
}

describe('what a model throws', () => {
  it('reaches errors and journal without the request, its headers and its keys, however deep', async () => {
    const { cause, all } = await seen(sdkError());
    expect(all).not.toContain(key);
    expect(all).not.toContain('x-api-key');
    expect(cause).toMatchObject({
      code: 'model-failed',
      message: "Model 'test:scripted' failed: 401 Incorrect API key provided: sk-***",
      retryable: true,
      where: { node: 'asker' },
    });
    expect((cause.cause as Error).message).toBe('401 Incorrect API key provided: sk-***');
    expect(((cause.cause as Error).cause as Error).message).toBe('fetch failed: authorization: ***');
    expect(all).toContain('model-error.test.ts'); // it still says where in the code it came from
  });

  it('keeps a code and a retryable of its own', async () => {
    const { cause, all } = await seen(
      sdkError({ code: 'rate_limit', retryable: false, details: { retryAfter: 5, key } }),
    );
    expect(cause).toMatchObject({ code: 'rate_limit', retryable: false, details: { retryAfter: 5 } });
    expect(all).not.toContain(key);
  });

  it.each([
    ['text', 'just text', "Model 'test:scripted' failed: just text"],
    ['nothing', undefined, "Model 'test:scripted' failed: threw undefined"],
    ['null', null, "Model 'test:scripted' failed: threw null"],
    ['an object', { headers: key }, "Model 'test:scripted' failed: threw Object (object)"],
  ])('may be %s', async (_what, thrown, message) => {
    const { cause, all } = await seen(thrown);
    expect(cause.message).toBe(message);
    expect(all).not.toContain(key);
  });

  it('is tried again no sooner than it asks for', async () => {
    const clock = new VirtualClock();
    const asker = makeAgent('asker', [], (_inputs, ctx) => ctx.generate('x'), [Retry(2) as never], {
      model: 'default',
    });
    const limited = sdkError({ code: 'rate_limit', retryable: true, details: { retryAfter: 60_000 } });
    const model = new ScriptedModel(limited, 'done');
    const { start } = await build(asker, {}, { clock, models: { default: model } });
    const run = start();
    await clock.advance(59_000);
    expect(model.done).toBe(false);
    await clock.advance(2000);
    await expect(run.result).resolves.toBe('done');
  });
});

describe('what a model answers', () => {
  const answering = async (response: unknown) => {
    const store = new MemoryJournal();
    const model = { name: 'test:odd', generate: async () => response } as unknown as ChatModel;
    const asker = makeAgent('asker', [], (_inputs, ctx) => ctx.generate('12345678'), [], { model: 'default' });
    const { start } = await build(asker, {}, { store, models: { default: model } });
    const run = start();
    const outcome = await run.outcome;
    return { outcome, records: store.read(run.id) };
  };
  const message = { role: 'assistant', content: [{ type: 'text', text: 'yes, it is' }] };

  it('is recorded as the port says, without what else the SDK puts on it', async () => {
    const raw = { headers: { authorization: key } };
    const content = [{ type: 'text', text: 'yes', raw }];
    const { outcome, records } = await answering({
      message: { role: 'assistant', content, raw },
      finishReason: 'stop',
      usage: { inputTokens: 1, outputTokens: 1, raw },
      model: 'odd-1',
      requestId: 'r-1',
      raw,
    });
    expect(outcome.output).toBe('yes');
    expect(JSON.stringify(records)).not.toContain(key);
    expect(records.find(({ type }) => type === 'model-end')).toMatchObject({
      value: {
        message: { role: 'assistant', content: [{ type: 'text', text: 'yes' }] },
        finishReason: 'stop',
        usage: { inputTokens: 1, outputTokens: 1 },
        model: 'odd-1',
        requestId: 'r-1',
      },
    });
  });

  it.each([
    [{ message, finishReason: 'stop', model: 'x' }],
    [{ message, finishReason: 'stop', model: 'x', usage: { inputTokens: Number.NaN, outputTokens: -1 } }],
  ])('has an estimated usage where the provider tells none', async (response) => {
    const { outcome } = await answering(response);
    expect(outcome.usage.outputTokens).toBe(3); // 10 characters
    expect(outcome.usage.inputTokens).toBeGreaterThan(2);
  });

  it.each([
    [undefined, 'expected an answer, got undefined.'],
    [{ finishReason: 'stop' }, "expected a message of role 'assistant' with content, got undefined."],
    [{ message, finishReason: 'end_turn' }, 'expected a known finishReason, got "end_turn" (string).'],
    [
      { message: { role: 'assistant', content: [{ type: 'image' }] }, finishReason: 'stop' },
      'expected parts of text, reasoning or tool calls, got Object (object).',
    ],
  ])('that is none is told in plain words', async (response, text) => {
    const { outcome } = await answering(response);
    expect((outcome.error as Error).cause).toMatchObject({
      code: 'model-response-malformed',
      message: `Model 'test:odd' gave no answer: ${text}`,
      retryable: false,
    });
  });
});
