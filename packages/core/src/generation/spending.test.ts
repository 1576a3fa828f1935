import {
  type ChatModel,
  type EspalierError,
  fallbackModels,
  httpModelError,
  type JournalRecord,
  MemoryJournal,
  Retry,
  type RunContext,
  Timeout,
  VirtualClock,
} from '@espalier/core';
import { describe, expect, it } from '@jest/globals';
import { build } from '../../test/build.js';
import { makeAgent } from '../../test/make-agent.js';
import { RecordedSpending } from '../engine/recorded-spending.js';

/** Numbers in [0, 1) by a seed. @see "mulberry32", Tommy Ettinger, public domain */
function randomOf(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296;
  };
}

/** A model that answers, fails or hangs, sooner or later, whole or in pieces, and minds its signal. */
function moody(name: string, clock: VirtualClock, random: () => number): ChatModel {
  const wait = (signal: AbortSignal): Promise<void> =>
    new Promise((resolve, reject) => {
      signal.addEventListener('abort', () => reject(signal.reason as Error));
      if (random() < 0.8) clock.setTimer(Math.floor(random() * 150), resolve);
    });
  const answer = () => {
    if (random() < 0.3) throw httpModelError({ model: name, status: 503, message: 'No.' });
    const [inputTokens, outputTokens] = [Math.floor(random() * 50), Math.floor(random() * 50)];
    const message = { role: 'assistant' as const, content: [{ type: 'text' as const, text: 'word' }] };
    return { message, finishReason: 'stop' as const, usage: { inputTokens, outputTokens }, model: name };
  };
  return {
    name,
    price: { input: 100, output: 200 },
    async generate(_request, { signal }) {
      await wait(signal);
      return answer();
    },
    async *stream(_request, { signal }) {
      await wait(signal);
      yield { type: 'text-delta', text: 'wo' };
      await wait(signal);
      yield { type: 'response', response: answer() };
    },
  };
}

/** Asks in parallel and one after another, streams, and goes on after failures. */
async function ask(ctx: RunContext, random: () => number): Promise<string> {
  const failed = (error: EspalierError): string => error.code;
  const read = async (): Promise<string> => {
    let text = '';
    for await (const piece of ctx.stream('stream '.repeat(10))) text += piece;
    return text;
  };
  await Promise.all([ctx.generate('a').catch(failed), ctx.generate('b '.repeat(20)).catch(failed)]);
  if (random() < 0.5) await read().catch(failed);
  return ctx.generate('c');
}

describe('what a run has used', () => {
  it.each(Array.from({ length: 20 }, (_one, index) => index + 1))('is what its records say: seed %i', async (seed) => {
    const random = randomOf(seed);
    const clock = new VirtualClock(0);
    const store = new MemoryJournal();
    const agent = (name: string) =>
      makeAgent(
        name,
        [],
        (_inputs, ctx) => ask(ctx, random),
        [Timeout(250), Retry({ attempts: 2, backoff: 10 })] as never,
        {
          model: 'default',
          maxModelCalls: 100,
        },
      );
    const both = makeAgent('both', [agent('left'), agent('right')], (inputs) => inputs);
    const models = { default: fallbackModels([moody('a:1', clock, random), moody('b:1', clock, random)]) };
    const modelPolicies = {
      a: { timeout: 100, concurrency: 2, circuitBreaker: { failures: 3, cooldown: 100 } },
      b: { tokenLimit: { limit: 100, per: 200 } },
    } as const;
    const { start } = await build(both, { budget: { tokens: 1_000_000 } }, { clock, store, models, modelPolicies });
    const run = start();
    if (random() < 0.3) clock.setTimer(Math.floor(random() * 500), () => run.cancel());
    for (let step = 0; step < 200; step++) await clock.advance(10);
    const { usage } = await run.outcome;
    const records = (await store.read(run.id)) as readonly JournalRecord[];
    const spending = new RecordedSpending();
    for (const record of records) spending.add(record);
    const { modelCalls, inputTokens, outputTokens, cost } = spending.own;
    expect(usage).toEqual({ modelCalls, toolCalls: 0, inputTokens, outputTokens, cost: expect.closeTo(cost) });
    const calls = records.flatMap(({ type }) => (type === 'model-start' || type === 'model-end' ? [type] : []));
    expect(calls.filter((type) => type === 'model-start')).toHaveLength(calls.length / 2);
    expect(clock.pending).toBe(0);
  });
});
