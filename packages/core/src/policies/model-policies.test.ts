import { type ChatModel, EspalierError, fallbackModels, type RunContext, VirtualClock } from '@espalier/core';
import { describe, expect, it } from '@jest/globals';
import { build } from '../../test/build.js';
import { makeAgent } from '../../test/make-agent.js';
import { ScriptedModel } from '../../test/scripted-model.js';

/** Asks so often at once, and gives what became of each. */
const asker = (count: number) =>
  makeAgent(
    'asker',
    [],
    (_inputs, ctx: RunContext) =>
      Promise.all(
        Array.from({ length: count }, (_one, index) =>
          ctx.generate(`question ${index}`).catch((error: EspalierError) => error.code),
        ),
      ),
    [],
    { model: 'default', maxModelCalls: 50 },
  );

/** A model whose calls take a second of virtual time, and that counts those that run. */
function slow(clock: VirtualClock, name = 'acme:large') {
  const seen = { running: 0, most: 0, starts: [] as number[], aborted: 0 };
  const model: ChatModel = {
    name,
    generate: (request, { signal }) =>
      new Promise((resolve, reject) => {
        seen.running += 1;
        seen.most = Math.max(seen.most, seen.running);
        seen.starts.push(clock.now());
        signal.addEventListener('abort', () => {
          seen.aborted += 1;
          reject(signal.reason as Error);
        });
        clock.setTimer(1000, () => {
          seen.running -= 1;
          resolve({
            message: { role: 'assistant', content: [{ type: 'text', text: `answer ${request.messages.length}` }] },
            finishReason: 'stop',
            usage: { inputTokens: 100, outputTokens: 100 },
            model: name,
          });
        });
      }),
  };
  return { model, seen };
}

describe('policies of a provider', () => {
  it('bound the calls that run at once, over all agents', async () => {
    const clock = new VirtualClock(0);
    const { model, seen } = slow(clock);
    const { start } = await build(
      asker(6),
      {},
      { clock, models: { default: model }, modelPolicies: { acme: { concurrency: 2 } } },
    );
    const run = start();
    await clock.advance('10s');
    expect(await run.result).toHaveLength(6);
    expect(seen).toMatchObject({ most: 2, starts: [0, 0, 1000, 1000, 2000, 2000] });
  });

  it('bound the calls and the tokens of a minute', async () => {
    const clock = new VirtualClock(0);
    const { model, seen } = slow(clock);
    const modelPolicies = { 'acme:large': { rateLimit: { limit: 3, per: '1m' } } } as const;
    const { start } = await build(asker(4), {}, { clock, models: { default: model }, modelPolicies });
    const run = start();
    await clock.advance('2m');
    await run.result;
    expect(seen.starts).toEqual([0, 0, 0, 60_000]);

    const other = slow(clock, 'acme:small');
    const tokens = { acme: { tokenLimit: { limit: 450, per: '1m' } } } as const;
    const second = await build(asker(2), {}, { clock, models: { default: other.model }, modelPolicies: tokens });
    const began = clock.now();
    const both = second.start();
    await clock.advance('2s');
    const more = [second.start(), second.start()];
    await clock.advance('3m');
    await Promise.all([both.result, ...more.map(({ result }) => result)]);
    // Each call uses 200: the first two leave 50, and the estimates of two short questions fit.
    expect(other.seen.starts.map((time) => time - began)).toEqual([0, 0, 2000, 2000, 60_000, 60_000]);
  });

  it('stop calling what keeps failing: the next model is asked at once', async () => {
    const down = new ScriptedModel(
      ...Array.from({ length: 3 }, () => Object.assign(new Error('down'), { code: 'down', retryable: true })),
    );
    const second: ChatModel = {
      name: 'other:model',
      generate: async () => ({
        message: { role: 'assistant', content: [{ type: 'text', text: 'second' }] },
        finishReason: 'stop',
        usage: { inputTokens: 1, outputTokens: 1 },
        model: 'model',
      }),
    };
    const agent = makeAgent(
      'asker',
      [],
      async (_inputs, ctx: RunContext) => {
        const answers: string[] = [];
        for (let count = 0; count < 6; count++) answers.push(await ctx.generate('x'));
        return answers;
      },
      [],
      { model: 'default', maxModelCalls: 50 },
    );
    const { start } = await build(
      agent,
      {},
      {
        models: { default: fallbackModels([down, second], { when: () => true }) },
        modelPolicies: { test: { circuitBreaker: { failures: 3, window: '1m', cooldown: '1m' } } },
      },
    );
    await expect(start().result).resolves.toEqual(Array(6).fill('second'));
    expect(down.requests).toHaveLength(3);
  });

  it('hold once for a model whose name is that of its provider', async () => {
    const clock = new VirtualClock(0);
    const { model, seen } = slow(clock, 'llama');
    const modelPolicies = { llama: { concurrency: 1 } } as const;
    const { start } = await build(asker(2), {}, { clock, models: { default: model }, modelPolicies });
    const run = start();
    await clock.advance('10s');
    await run.result;
    expect(seen.starts).toEqual([0, 1000]);
  });

  it('of a provider and of one of its models hold together: waiting for a place of either is not part of a call', async () => {
    const clock = new VirtualClock(0);
    const { model, seen } = slow(clock);
    const modelPolicies = { acme: { timeout: 1500 }, 'acme:large': { concurrency: 1 } } as const;
    const { start } = await build(asker(3), {}, { clock, models: { default: model }, modelPolicies });
    const run = start();
    await clock.advance('10s');
    expect(await run.result).toEqual(['answer 1', 'answer 1', 'answer 1']);
    expect(seen.starts).toEqual([0, 1000, 2000]);
  });

  it('do not stop calling for requests that no provider would take, nor for what other policies refuse', async () => {
    const codes = ['model-request-invalid', 'model-context-length', 'model-content-filter', 'circuit-open'] as const;
    const picky = new ScriptedModel(...codes.map((code) => new EspalierError(code, 'No.')), 'yes');
    const agent = makeAgent(
      'asker',
      [],
      async (_inputs, ctx: RunContext) => {
        for (const _ of codes) await ctx.generate('x').catch(() => {});
        return ctx.generate('x');
      },
      [],
      { model: 'default', maxModelCalls: 50 },
    );
    const modelPolicies = { test: { circuitBreaker: { failures: 1, window: '1m', cooldown: '1m' } } } as const;
    const { start } = await build(agent, {}, { models: { default: picky }, modelPolicies });
    await expect(start().result).resolves.toBe('yes');
  });

  it('end a call that takes too long, and its request with it', async () => {
    const clock = new VirtualClock(0);
    const { model, seen } = slow(clock);
    const { start } = await build(
      asker(1),
      {},
      { clock, models: { default: model }, modelPolicies: { acme: { timeout: 500 } } },
    );
    const run = start();
    await clock.advance(600);
    await expect(run.result).resolves.toEqual(['timeout']);
    expect(seen.aborted).toBe(1);
    await clock.advance(1000);
    expect(clock.pending).toBe(0);
  });

  it('let go of those that wait when the run is cancelled', async () => {
    const clock = new VirtualClock(0);
    const { model, seen } = slow(clock);
    const modelPolicies = { acme: { concurrency: 1, rateLimit: { limit: 1, per: '1h' } } } as const;
    const { start } = await build(asker(3), {}, { clock, models: { default: model }, modelPolicies });
    const run = start();
    await clock.advance(10);
    run.cancel();
    expect((await run.outcome).status).toBe('cancelled');
    expect(seen).toMatchObject({ starts: [0], aborted: 1 });
    await clock.advance(1000);
    expect(clock.pending).toBe(0);
  });

  it('let go of those that wait for tokens, or whose node takes too long', async () => {
    const clock = new VirtualClock(0);
    const { model, seen } = slow(clock);
    const modelPolicies = { acme: { tokenLimit: { limit: 100, per: '1h' }, circuitBreaker: { failures: 1 } } } as const;
    const options = { clock, models: { default: model }, modelPolicies, policies: { timeout: 5000 } };
    const { start } = await build(asker(30), {}, options);
    const first = start();
    const second = start();
    await clock.advance(2000);
    second.cancel();
    expect((await second.outcome).status).toBe('cancelled');
    await clock.advance(4000);
    expect((await first.outcome).status).toBe('failed');
    expect(clock.pending).toBe(0);
    const asked = seen.starts.length;
    await clock.advance('1h');
    const third = start();
    await clock.advance(1000);
    expect(seen.starts.length).toBeGreaterThan(asked); // the breaker takes nothing of it for a failure
    third.cancel();
    await third.outcome;
    await clock.advance(2000);
    expect(clock.pending).toBe(0);
  });

  it('name a provider or a model that is registered, and their options', async () => {
    const models = { default: new ScriptedModel() };
    const wrong = (modelPolicies: object) =>
      build(asker(1), {}, { models, modelPolicies: modelPolicies as never }).catch((error: Error) => error.message);
    expect(await wrong({ opanai: { concurrency: 1 } })).toContain(
      "modelPolicies['opanai'] is the name of no provider and no model; there are: test, test:scripted.",
    );
    expect(await wrong({ test: { retry: 3 } })).toBe(
      "modelPolicies['test']: expected timeout, concurrency, rateLimit, tokenLimit, circuitBreaker, got 'retry'.",
    );
    expect(await wrong({ test: { concurrency: 0 } })).toBe(
      "modelPolicies['test']: @Concurrency({ limit }): expected a whole number from 1, got 0 (number).",
    );
    expect(await wrong({ test: { timeout: 'soon' } })).toMatch(/^modelPolicies\['test'\]: .*"soon"/);
    expect(await wrong({ test: { tokenLimit: { limit: 0 } } })).toBe(
      "modelPolicies['test'].tokenLimit({ limit }): expected a whole number from 1, got 0 (number).",
    );
  });
});
