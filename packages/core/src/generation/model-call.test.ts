import {
  Agent,
  asTool,
  Budget,
  type ChatModel,
  type ChatResponse,
  fallbackModels,
  httpModelError,
  MemoryJournal,
  type ModelEndEvent,
  Retry,
  type RunContext,
  Timeout,
  Tool,
  type ToolContext,
  VirtualClock,
} from '@espalier/core';
import { describe, expect, it } from '@jest/globals';
import { z } from 'zod';
import { build, eventsOf } from '../../test/build.js';
import { type Decorator, makeAgent } from '../../test/make-agent.js';
import { ScriptedModel, type ScriptedTurn, turns } from '../../test/scripted-model.js';

const asker = (behaviour: (ctx: RunContext) => unknown, decorators: readonly unknown[] = []) =>
  makeAgent('asker', [], (_inputs, ctx) => behaviour(ctx), decorators as readonly Decorator[], { model: 'default' });

/** A turn that never ends by itself, but by its signal. */
const hangs: ScriptedTurn = (_request, { signal }) =>
  new Promise((_resolve, reject) => {
    signal.addEventListener('abort', () => reject(signal.reason as Error));
  });

const answer = (text: string): ChatResponse => ({
  message: { role: 'assistant', content: [{ type: 'text', text }] },
  finishReason: 'stop',
  usage: { inputTokens: 10, outputTokens: 5 },
  model: 'scripted',
});

const prompt = 'word '.repeat(80); // 100 tokens
const down = () => httpModelError({ model: 'test:scripted', status: 503, message: 'No.' });
const reads = async (pieces: AsyncIterable<string>): Promise<string> => {
  let text = '';
  for await (const piece of pieces) text += piece;
  return text;
};

describe('a model call that is cut off', () => {
  it('by the end of its attempt is charged its request, and money where its price is known', async () => {
    const clock = new VirtualClock();
    const model = Object.assign(new ScriptedModel(hangs, 'yes'), { price: { input: 100, output: 100 } });
    const agent = asker((ctx) => ctx.generate(prompt), [Timeout(100), Retry({ attempts: 2, backoff: 0 })]);
    const { start } = await build(agent, { budget: { tokens: 10_000 } }, { clock, models: { default: model } });
    const run = start();
    const events = eventsOf(run);
    await clock.advance(100);
    const { usage } = await run.outcome;
    const [cut] = (await events).filter(({ type }) => type === 'model-end') as readonly ModelEndEvent[];
    const tokens = cut?.usage?.inputTokens as number;
    expect(tokens).toBeGreaterThan(100);
    expect(tokens).toBeLessThan(130);
    expect(cut).toMatchObject({ aborted: true, usage: { inputTokens: tokens, outputTokens: 0, cost: tokens * 1e-4 } });
    expect(usage).toMatchObject({ modelCalls: 2, inputTokens: tokens + 10, outputTokens: 5 });
    expect(usage.cost).toBeCloseTo((tokens + 15) * 1e-4);
  });

  it('by a time limit of its provider is charged too; one that failed by itself has used no tokens', async () => {
    const clock = new VirtualClock();
    const agent = asker(async (ctx) => {
      await ctx.generate(prompt).catch(() => {});
      return ctx.generate(prompt).catch((error: { code: string }) => error.code);
    });
    const models = { default: new ScriptedModel(down(), hangs) };
    const modelPolicies = { test: { timeout: 100 } };
    const { start } = await build(agent, {}, { clock, models, modelPolicies });
    const run = start();
    const events = eventsOf(run);
    await clock.advance(100);
    const { usage, output } = await run.outcome;
    expect(output).toBe('timeout');
    const ends = (await events).filter(({ type }) => type === 'model-end') as readonly ModelEndEvent[];
    expect(ends.map(({ usage, aborted }) => [usage?.inputTokens, aborted])).toEqual([
      [undefined, undefined],
      [usage.inputTokens, undefined],
    ]);
    expect(usage.inputTokens).toBeGreaterThan(100);
  });

  it('after text was read is charged that too', async () => {
    const half: ChatModel = {
      name: 'test:half',
      generate: () => Promise.reject(down()),
      async *stream() {
        yield { type: 'text-delta', text: 'word '.repeat(80) };
        throw down();
      },
    };
    const agent = asker((ctx) => reads(ctx.stream(prompt)).catch(() => 'cut'));
    const { start } = await build(agent, {}, { models: { default: half } });
    const { usage } = await start().outcome;
    expect(usage.outputTokens).toBe(100);
    expect(usage.inputTokens).toBeGreaterThan(100);
  });

  it('while it waited for its turn has used no tokens', async () => {
    const clock = new VirtualClock();
    const agent = asker((ctx) => Promise.all([ctx.generate('a'), ctx.generate(prompt)]));
    const models = { default: new ScriptedModel(hangs) };
    const modelPolicies = { test: { concurrency: 1 } };
    const { start } = await build(agent, { budget: { tokens: 10_000 } }, { clock, models, modelPolicies });
    const run = start();
    await turns();
    run.cancel();
    const { usage } = await run.outcome;
    expect(usage.inputTokens).toBeGreaterThan(0);
    expect(usage.inputTokens).toBeLessThan(50);
  });

  it('lets none of the run begin that waited for its place, in this node or another', async () => {
    const clock = new VirtualClock();
    const model = new ScriptedModel(hangs);
    const left = makeAgent('left', [], (_inputs, ctx) => ctx.generate('a'), [], { model: 'default' });
    const right = makeAgent('right', [], (_inputs, ctx) => ctx.generate('b'), [], { model: 'default' });
    const both = makeAgent('both', [left, right], (inputs) => inputs);
    const modelPolicies = { test: { concurrency: 1 } };
    const { start } = await build(both, {}, { clock, models: { default: model }, modelPolicies });
    const run = start();
    await turns();
    run.cancel();
    await run.outcome;
    expect(model.requests).toHaveLength(1);
  });

  it('counts the same after a restart: those that were cut off, refused by a policy, or failed', async () => {
    const clock = new VirtualClock();
    const store = new MemoryJournal();
    const spent = (ctx: RunContext) =>
      Promise.all(
        ['short', 'long '.repeat(20_000)].map((text) => ctx.generate(text).catch(({ message }: Error) => message)),
      );
    const agent = asker(
      async (ctx) => {
        if (ctx.attempt === 1) return ctx.generate(prompt);
        await ctx.generate('a').catch(() => {});
        await ctx.generate('b').catch(() => {});
        const before = await spent(ctx);
        await ctx.waitFor('go', z.boolean());
        return [before, await spent(ctx)];
      },
      [Budget({ tokens: 10_000, modelCalls: 3 }), Timeout(100), Retry({ attempts: 2, backoff: 0 })],
    );
    const models = { default: new ScriptedModel(hangs, down()) };
    const modelPolicies = { test: { circuitBreaker: { failures: 1, cooldown: '1h' } } } as const;
    const options = { clock, store, models, modelPolicies };
    const first = await build(agent, {}, options);
    const run = first.start();
    await clock.advance(100);
    await turns();
    await first.espalier.drain();
    const second = await build(agent, {}, options);
    const resumed = await second.espalier.resume(run.id);
    await turns();
    await second.espalier.signal(run.id, 'go', true);
    const [before, after] = (await resumed.result) as readonly [readonly string[], readonly string[]];
    expect(before).toEqual([
      expect.stringContaining("node 'asker' is 3 modelCalls: 3 spent"),
      expect.stringMatching(/is 10000 tokens: 1\d\d spent/),
    ]);
    expect(after).toEqual(before);
    expect((await resumed.outcome).usage.modelCalls).toBe(3);
  });

  it('is made again where its attempt is: it has no result', async () => {
    const clock = new VirtualClock();
    const store = new MemoryJournal();
    @Agent({ instructions: 'You dig.', model: 'inner' })
    class Digger {}
    @Agent({ instructions: 'x', tools: [asTool(Digger)] })
    class Boss {
      @Tool({ description: 'Dig', input: z.object({}), timeout: 100, retry: { attempts: 2, backoff: 0 } })
      dig(_input: unknown, context: ToolContext): Promise<unknown> {
        return context.runAgent(Digger, ['deep']);
      }
    }
    const models = { default: new ScriptedModel({ calls: [{ tool: 'dig' }] }), inner: new ScriptedModel(hangs, hangs) };
    const first = await build(Boss, {}, { clock, store, models });
    const run = first.start('go');
    await turns();
    await clock.advance(150);
    expect(models.inner.done).toBe(true);
    const drained = first.espalier.drain({ timeout: 0 });
    await clock.advance(0);
    await drained;
    const later = { default: new ScriptedModel('found'), inner: new ScriptedModel('gold') };
    const second = await build(Boss, {}, { clock, store, models: later });
    const resumed = await second.espalier.resume(run.id);
    await turns();
    await clock.advance(1000);
    await expect(resumed.result).resolves.toBe('found');
    expect(later.default.told).toEqual(['gold']);
  });
});

describe('a model that ignores its signal', () => {
  it('and answers when another has been asked is not shown: two answers are never mixed', async () => {
    const clock = new VirtualClock();
    let answerLate = (): void => {};
    const late: ChatModel = {
      name: 'slow:one',
      generate: () =>
        new Promise((resolve) => {
          answerLate = () => resolve(answer('late'));
        }),
    };
    const second = new ScriptedModel(async () => {
      answerLate();
      await turns();
      return 'second';
    });
    const agent = asker((ctx) => reads(ctx.stream('x')));
    const models = { default: fallbackModels([late, second]) };
    const { start } = await build(agent, {}, { clock, models, modelPolicies: { slow: { timeout: 100 } } });
    const run = start();
    await clock.advance(100);
    await expect(run.result).resolves.toBe('second');
  });
});

describe('an answer that failed after it was shown', () => {
  it('fails after a restart too: no other model is asked', async () => {
    const store = new MemoryJournal();
    const half: ChatModel = {
      name: 'test:half',
      generate: () => Promise.reject(down()),
      async *stream() {
        yield { type: 'text-delta', text: 'Half of' };
        throw down();
      },
    };
    const agent = asker(async (ctx) => {
      const text = await reads(ctx.stream('x')).catch(() => 'cut');
      await ctx.waitFor('go', z.boolean());
      return text;
    });
    const second = new ScriptedModel('second');
    const options = { store, models: { default: fallbackModels([half, second]) } };
    const first = await build(agent, {}, options);
    const run = first.start();
    await turns();
    await first.espalier.drain();
    const later = await build(agent, {}, options);
    const resumed = await later.espalier.resume(run.id);
    await turns();
    await later.espalier.signal(run.id, 'go', true);
    await expect(resumed.result).resolves.toBe('cut');
    expect(second.requests).toEqual([]);
  });
});
