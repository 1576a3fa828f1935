import {
  Agent,
  type ChatModel,
  type EspalierError,
  fallbackModels,
  httpModelError,
  MemoryJournal,
  type RunContext,
} from '@espalier/core';
import { describe, expect, it } from '@jest/globals';
import { z } from 'zod';
import { build } from '../../test/build.js';
import { makeAgent } from '../../test/make-agent.js';
import { ScriptedModel, turns } from '../../test/scripted-model.js';

const fails = (status: number): Error => httpModelError({ model: 'test:scripted', status, message: 'No.' });

const asker = () => makeAgent('asker', [], (_inputs, ctx) => ctx.generate('x'), [], { model: 'default' });

async function asked(...models: readonly ChatModel[]) {
  const { start } = await build(asker(), {}, { models: { default: fallbackModels(models) } });
  return start().outcome;
}

describe('fallbackModels', () => {
  it('asks the next model when the one before it has failed, and begins each call with the first', async () => {
    const first = new ScriptedModel(fails(503), 'first');
    const second = new ScriptedModel('second');
    const agent = makeAgent('asker', [], async (_i, ctx) => [await ctx.generate('a'), await ctx.generate('b')], [], {
      model: 'default',
    });
    const { start } = await build(agent, {}, { models: { default: fallbackModels([first, second]) } });
    const { output, usage } = await start().outcome;
    expect(output).toEqual(['second', 'first']);
    expect(usage.modelCalls).toBe(3);
    expect(second.requests).toEqual([first.requests[0]]);
  });

  it.each([
    ['rate limit', 429, true],
    ['outage', 500, true],
    ['refused key', 401, true],
    ['wrong request', 400, false],
  ])('after a %s: %s → next %s', async (_what, status, moves) => {
    const second = new ScriptedModel('second');
    const { status: ended } = await asked(new ScriptedModel(fails(status)), second);
    expect(second.requests).toHaveLength(moves ? 1 : 0);
    expect(ended).toBe(moves ? 'completed' : 'failed');
  });

  it('ends with the failure of the last model', async () => {
    const { error } = await asked(new ScriptedModel(fails(503)), new ScriptedModel(fails(429)));
    expect(((error as Error).cause as EspalierError).code).toBe('model-rate-limited');
  });

  it('takes a refusal for an answer', async () => {
    const second = new ScriptedModel();
    const { error } = await asked(new ScriptedModel({ text: 'No.', finishReason: 'refusal' }), second);
    expect(((error as Error).cause as EspalierError).code).toBe('model-refused');
    expect(second.requests).toEqual([]);
  });

  it('never mixes two answers: once text was shown, the failure is the end', async () => {
    const half: ChatModel = {
      name: 'test:half',
      generate: () => Promise.reject(fails(500)),
      async *stream() {
        yield { type: 'text-delta', text: 'Half of' };
        throw fails(500);
      },
    };
    const pieces: string[] = [];
    const reader = makeAgent(
      'reader',
      [],
      async (_inputs, ctx: RunContext) => {
        for await (const piece of ctx.stream('x')) pieces.push(piece);
      },
      [],
      { model: 'default' },
    );
    const second = new ScriptedModel('Another').streaming();
    const silent: ChatModel = {
      name: 'test:silent',
      generate: () => Promise.reject(fails(500)),
      // biome-ignore lint/correctness/useYield: it fails before its first chunk
      async *stream() {
        throw fails(500);
      },
    };
    const first = await build(reader, {}, { models: { default: fallbackModels([half, second]) } });
    expect((await first.start().outcome).status).toBe('failed');
    expect(pieces).toEqual(['Half of']);
    expect(second.requests).toEqual([]);

    const next = await build(reader, {}, { models: { default: fallbackModels([silent, second]) } });
    expect((await next.start().outcome).status).toBe('completed');
    expect(pieces).toEqual(['Half of', 'Another']);
  });

  it('counts every call against the limits of the agent and its budget', async () => {
    @Agent({ instructions: 'x', maxModelCalls: 1 })
    class Once {}
    const second = new ScriptedModel('second');
    const models = { default: fallbackModels([new ScriptedModel(fails(503)), second]) };
    const { start } = await build(Once, {}, { models });
    const { error } = await start().outcome;
    expect(((error as Error).cause as EspalierError).code).toBe('model-calls-exceeded');
    const { start: poor } = await build(asker(), { budget: { modelCalls: 1 } }, { models });
    expect((await poor().outcome).status).toBe('budget_exceeded');
    expect(second.requests).toEqual([]);
  });

  it('tells of a condition that throws', async () => {
    const when = () => {
      throw new Error('oh');
    };
    const models = { default: fallbackModels([new ScriptedModel(fails(503)), new ScriptedModel()], { when }) };
    const { start } = await build(asker(), {}, { models });
    const { cause } = (await start().outcome).error as { readonly cause?: EspalierError };
    expect(cause).toMatchObject({
      code: 'condition-failed',
      message: "fallbackModels({ when }) of node 'asker' threw: oh",
    });
  });

  it('takes the same way after a restart, and asks nobody again', async () => {
    const store = new MemoryJournal();
    let open = (): void => {};
    const opened = new Promise<void>((resolve) => {
      open = resolve;
    });
    const agent = makeAgent(
      'asker',
      [],
      async (_inputs, ctx) => {
        const text = await ctx.generate('x');
        await ctx.waitFor('go', z.boolean());
        return text;
      },
      [],
      { model: 'default' },
    );
    const first = new ScriptedModel(fails(503));
    const second = new ScriptedModel('second');
    const models = { default: fallbackModels([first, second]) };
    const { espalier, start } = await build(agent, {}, { store, models });
    const run = start();
    run.events$.subscribe(({ type }) => {
      if (type === 'run-suspend') open();
    });
    await opened;
    await espalier.drain();
    const later = await build(agent, {}, { store, models });
    const resumed = await later.espalier.resume(run.id);
    await turns();
    await later.espalier.signal(run.id, 'go', true);
    await expect(resumed.result).resolves.toBe('second');
    expect([first.done, second.done]).toEqual([true, true]);
  });

  it('goes on with the model that was asked when the run was interrupted', async () => {
    const store = new MemoryJournal();
    const first = new ScriptedModel(fails(503));
    let hung = true;
    const second = new ScriptedModel(() => (hung ? new Promise(() => {}) : 'never'), 'second');
    const options = { store, models: { default: fallbackModels([first, second]) } };
    const one = await build(asker(), {}, options);
    const run = one.start();
    await turns();
    expect(second.requests).toHaveLength(1);
    await one.espalier.drain({ timeout: 0 });
    hung = false;
    const two = await build(asker(), {}, options);
    const resumed = await two.espalier.resume(run.id);
    await expect(resumed.result).resolves.toBe('second');
    expect(first.done).toBe(true);
    expect((await resumed.outcome).usage.modelCalls).toBe(2);
  });

  it('needs two models, and a registry of models', async () => {
    expect(() => fallbackModels([new ScriptedModel()])).toThrow('fallbackModels: expected at least two models, got 1.');
    expect(() => fallbackModels([new ScriptedModel(), 'gpt' as never])).toThrow(
      'fallbackModels: expected models, got "gpt" (string) in place 2.',
    );
    expect(() =>
      fallbackModels([new ScriptedModel(), fallbackModels([new ScriptedModel(), new ScriptedModel()]) as never]),
    ).toThrow('fallbackModels: expected models, got Object (object) in place 2.');
    expect(() => fallbackModels([new ScriptedModel(), new ScriptedModel()], { when: 'always' as never })).toThrow(
      'fallbackModels({ when }): expected a function, got "always" (string).',
    );
    const nameless = { generate: async () => ({}) } as never;
    const unnamed = await build(asker(), {}, { models: { default: nameless } }).catch((fault: unknown) => fault);
    expect((unnamed as Error).message).toContain(
      "models['default']: expected a name, such as 'acme:large', got undefined",
    );
    const error = await build(asker(), {}, { models: { default: 'gpt' as never } }).catch((fault: unknown) => fault);
    expect((error as Error).message).toContain(
      'models[\'default\']: expected a ChatModel or fallbackModels([…]), got "gpt" (string).',
    );
  });

  it('is in the worst case: every model may be asked in every turn', async () => {
    @Agent({ instructions: 'x', maxTurns: 2, corrections: 1, maxModelCalls: 50 })
    class Plain {}
    const models = { default: fallbackModels([new ScriptedModel(), new ScriptedModel()]) };
    const { espalier, workflow } = await build(Plain, {}, { models });
    expect(espalier.describe(workflow).worstCase.modelCalls).toBe(6);

    @Agent({ instructions: 'x', maxTurns: 2, corrections: 1, maxModelCalls: 50, thread: { summarise: true } })
    class Talker {}
    const talker = await build(Talker, {}, { models });
    expect(talker.espalier.describe(talker.workflow).worstCase.modelCalls).toBe(8);
  });
});
