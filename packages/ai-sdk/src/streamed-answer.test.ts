import type { LanguageModelV4StreamPart } from '@ai-sdk/provider';
import { describe, expect, it } from '@jest/globals';
import { MockLanguageModelV4 } from 'ai/test';
import { collect, failureOf, streamOf } from '../test/collect.js';
import { ask, finish, streaming } from '../test/mocked.js';
import { aiSdk } from './index.js';

describe('streams', () => {
  it('are read no faster than the reader reads, and end with the reader', async () => {
    let pulled = 0;
    let cancelled: unknown;
    const stream = new ReadableStream<LanguageModelV4StreamPart>(
      {
        pull: (controller) => {
          pulled += 1;
          controller.enqueue({ type: 'text-delta', id: '1', delta: `${pulled} ` });
        },
        cancel: (reason) => {
          cancelled = { reason };
        },
      },
      { highWaterMark: 0 },
    );
    const model = aiSdk(new MockLanguageModelV4({ doStream: { stream } }));
    for await (const chunk of streamOf(model, ask)) {
      expect(chunk).toEqual({ type: 'text-delta', text: `${pulled} ` });
      if (pulled === 3) break;
    }
    expect(pulled).toBe(3);
    expect(cancelled).toEqual({ reason: undefined });
  });

  it('end on an abort, even where the provider does not listen', async () => {
    const controller = new AbortController();
    const model = aiSdk(new MockLanguageModelV4({ doStream: { stream: new ReadableStream() } }));
    const reading = failureOf(collect(model, ask, { signal: controller.signal, idempotencyKey: 'k' }));
    await new Promise((resolve) => setImmediate(resolve));
    const reason = new Error('enough');
    controller.abort(reason);
    expect(await reading).toBe(reason);
    expect(await failureOf(model.generate(ask, { signal: controller.signal, idempotencyKey: 'k' }))).toBe(reason);
    expect(await failureOf(collect(model, ask, { signal: controller.signal, idempotencyKey: 'k' }))).toBe(reason);
  });

  it('without an end are broken off', async () => {
    expect(await failureOf(collect(streaming([{ type: 'text-delta', id: '1', delta: 'High ' }]), ask))).toMatchObject({
      code: 'model-connection',
      message: "Model 'acme.chat:large': the stream ended in the middle of the answer",
    });
  });

  it('keep blocks apart, in the order of their beginnings, with their last metadata', async () => {
    const metadata = (n: number) => ({ providerMetadata: { acme: { n } } });
    const { chunks, response } = await collect(
      streaming([
        { type: 'stream-start', warnings: [] },
        { type: 'response-metadata', id: 'r1' },
        { type: 'response-metadata', modelId: 'large-2' },
        { type: 'ping' },
        { type: 'text-start', id: 'a', ...metadata(1) },
        { type: 'text-start', id: 'b' },
        { type: 'text-delta', id: 'b', delta: 'B' },
        { type: 'text-delta', id: 'a', delta: 'A1' },
        { type: 'text-delta', id: 'a', delta: '', ...metadata(2) },
        { type: 'text-end', id: 'a' },
        { type: 'text-start', id: 'a' },
        { type: 'text-delta', id: 'a', delta: 'A2' },
        { type: 'raw', rawValue: {} },
        { type: 'later' } as never,
        { type: 'reasoning-delta', id: 'a', delta: 'hm' },
        { type: 'tool-input-start', id: 'c', toolName: 'code', inputEncoding: 'text' },
        { type: 'tool-input-delta', id: 'c', delta: 'x = 1' },
        { type: 'tool-input-end', id: 'c' },
        { type: 'tool-call', toolCallId: 'c', toolName: 'code', input: '{"code":"x = 1"}' },
        finish,
      ]),
      ask,
    );
    expect(chunks).toEqual([
      { type: 'text-delta', text: 'B' },
      { type: 'text-delta', text: 'A1' },
      { type: 'text-delta', text: 'A2' },
      { type: 'reasoning-delta', text: 'hm' },
      { type: 'tool-call-delta', id: 'c', tool: 'code', arguments: '{"code":"x = 1"}' },
    ]);
    expect(response).toEqual({
      message: {
        role: 'assistant',
        content: [
          { type: 'text', text: 'A1', provider: { 'ai-sdk': { from: 'acme.chat', metadata: { acme: { n: 2 } } } } },
          { type: 'text', text: 'B' },
          { type: 'text', text: 'A2' },
          { type: 'reasoning', text: 'hm', provider: { 'ai-sdk': { from: 'acme.chat' } } },
          { type: 'tool-call', id: 'c', tool: 'code', arguments: '{"code":"x = 1"}' },
        ],
      },
      finishReason: 'tool-calls',
      usage: { inputTokens: 10, outputTokens: 3 },
      model: 'large-2',
      requestId: 'r1',
    });
  });
});
