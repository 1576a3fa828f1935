import {
  Agent,
  Budget,
  Calls,
  createEspalier,
  DependsOn,
  defineWorkflow,
  MemoryJournal,
  Retry,
  type RunContext,
  Timeout,
  Tool,
  VirtualClock,
  type Workflow,
} from '@espalier/core';
import { describe, expect, it } from '@jest/globals';
import { build } from '../../test/build.js';
import { type Behaviour, makeAgent } from '../../test/make-agent.js';
import { type ScriptedAnswer, ScriptedModel, type ScriptedTurn, turns } from '../../test/scripted-model.js';

const asker = (name: string, behaviour: (ctx: RunContext) => Promise<unknown>, decorators: readonly unknown[] = []) =>
  makeAgent(name, [], ((_inputs, ctx) => behaviour(ctx)) as Behaviour, decorators as never, { model: 'default' });

const using = (inputTokens: number, outputTokens: number, cost?: number): ScriptedAnswer => ({
  text: 'yes',
  usage: { inputTokens, outputTokens, ...(cost === undefined ? {} : { cost }) },
});

const limitsOf = (model: ScriptedModel) => model.requests.map(({ settings }) => settings?.maxOutputTokens);

describe('a budget of tokens', () => {
  it('lowers how long an answer may be to what is left', async () => {
    const model = new ScriptedModel(using(100, 800), using(10, 10));
    const agent = asker('a', async (ctx) => {
      await ctx.generate('x', { settings: { maxOutputTokens: 5000, temperature: 0 } });
      await ctx.generate('x', { settings: { maxOutputTokens: 5000 } });
    });
    const { start } = await build(agent, { budget: { tokens: 1000 } }, { models: { default: model } });
    await start().result;
    const [first, second] = limitsOf(model) as number[];
    expect(first).toBeGreaterThan(950);
    expect(first).toBeLessThan(1000);
    expect(second).toBeLessThan(100);
    expect(model.requests[0]?.settings?.temperature).toBe(0);
  });

  it('lets a call without a limit of its own take no more than half, so that others can start too', async () => {
    let active = 0;
    const slow: ScriptedTurn = async () => {
      active += 1;
      await turns(3);
      expect(active).toBe(3);
      return using(10, 10);
    };
    const model = new ScriptedModel(slow, slow, slow);
    const agent = asker('a', (ctx) => Promise.all(['1', '2', '3'].map((prompt) => ctx.generate(prompt))));
    const { start } = await build(agent, { budget: { tokens: 20_000 } }, { models: { default: model } });
    await expect(start().result).resolves.toEqual(['yes', 'yes', 'yes']);
    const limits = limitsOf(model) as number[];
    expect(limits.map((limit) => Math.round(limit / 1000))).toEqual([10, 5, 4]);
  });

  it('asks for no longer answer than any model can give, unless the request does', async () => {
    const model = new ScriptedModel('a', 'b');
    const agent = asker('a', async (ctx) => {
      await ctx.generate('x');
      await ctx.generate('x', { settings: { maxOutputTokens: 50_000 } });
    });
    const { start } = await build(agent, { budget: { tokens: 1_000_000 } }, { models: { default: model } });
    await start().result;
    expect(limitsOf(model)).toEqual([16_384, 50_000]);
  });

  it('is never overspent by calls at the same time', async () => {
    const slow: ScriptedTurn = async ({ settings }) => {
      await turns(3);
      return using(10, settings?.maxOutputTokens ?? Number.NaN); // each uses all that it may
    };
    const model = new ScriptedModel(...Array<ScriptedTurn>(8).fill(slow));
    const agent = asker('a', (ctx) =>
      Promise.allSettled(Array.from({ length: 8 }, (_, index) => ctx.generate(`${index}`))).then(
        (all) => all.filter(({ status }) => status === 'fulfilled').length,
      ),
    );
    const { start } = await build(agent, { budget: { tokens: 10_000 } }, { models: { default: model } });
    const { usage, output } = await start().outcome;
    expect(usage.inputTokens + usage.outputTokens).toBeLessThanOrEqual(10_000);
    expect(output).toBe(model.requests.length);
    expect(output).toBeGreaterThan(1);
  });

  it('refuses a call whose request alone is too long, and the model is not asked', async () => {
    const model = new ScriptedModel();
    const agent = asker('a', (ctx) => ctx.generate('long '.repeat(1000)));
    const { start } = await build(agent, { budget: { tokens: 1000 } }, { models: { default: model } });
    const { status, error, usage } = await start().outcome;
    expect(status).toBe('budget_exceeded');
    expect((error as Error).message).toMatch(
      /of workflow 'test' is 1000 tokens: 0 spent, 0 reserved, 12\d\d more asked for\.$/,
    );
    expect(usage.modelCalls).toBe(0);
  });
});

describe('a budget of money', () => {
  /** A dollar for ten thousand tokens, asked or answered. */
  const price = { input: 100, output: 100 };
  const priced = (...script: readonly ScriptedTurn[]) => Object.assign(new ScriptedModel(...script), { price });

  it('lowers how long an answer may be to what can be paid', async () => {
    const model = priced(using(100, 300, 0.04));
    const agent = asker('a', (ctx) => ctx.generate('x', { settings: { maxOutputTokens: 5000 } }));
    const { start } = await build(agent, { budget: { cost: 0.1 } }, { models: { default: model } });
    const { usage } = await start().outcome;
    const [limit] = limitsOf(model) as number[];
    expect(limit).toBeGreaterThan(950);
    expect(limit).toBeLessThan(1000);
    expect(usage.cost).toBe(0.04);
  });

  it('is never overspent by calls at the same time, where the price is known', async () => {
    const slow: ScriptedTurn = async ({ settings }) => {
      await turns(3);
      const tokens = settings?.maxOutputTokens ?? Number.NaN;
      return using(0, tokens, tokens * 1e-4); // each uses all that it may
    };
    const model = priced(...Array<ScriptedTurn>(8).fill(slow));
    const agent = asker('a', (ctx) =>
      Promise.allSettled(Array.from({ length: 8 }, (_, index) => ctx.generate(`${index}`))),
    );
    const { start } = await build(agent, { budget: { cost: 2 } }, { models: { default: model } });
    const { usage } = await start().outcome;
    expect(usage.cost).toBeLessThanOrEqual(2);
    expect(usage.cost).toBeGreaterThan(1);
    expect(model.requests.length).toBeGreaterThan(1);
  });

  it('is charged by the price where an answer does not tell its cost', async () => {
    const agent = asker('a', (ctx) => ctx.generate('x'));
    const { start } = await build(agent, {}, { models: { default: priced(using(100, 300)) } });
    expect((await start().outcome).usage.cost).toBeCloseTo(0.04);
  });

  it('refuses a call whose request alone costs too much, and the model is not asked', async () => {
    const model = priced();
    const agent = asker('a', (ctx) => ctx.generate('long '.repeat(1000)));
    const { start } = await build(agent, { budget: { cost: 0.01 } }, { models: { default: model } });
    expect((await start().outcome).status).toBe('budget_exceeded');
    expect(model.requests).toEqual([]);
  });
});

describe('a budget of a node', () => {
  it('fails the node; the run ends failed, not budget_exceeded', async () => {
    const model = new ScriptedModel('1');
    const agent = asker(
      'a',
      async (ctx) => {
        await ctx.generate('1');
        await ctx.generate('2');
      },
      [Budget({ modelCalls: 1 })],
    );
    const { start } = await build(agent, {}, { models: { default: model } });
    const { status, error } = await start().outcome;
    expect(status).toBe('failed');
    expect((error as Error).message).toContain("The budget of node 'a' is 1 modelCalls: 1 spent, 0 reserved, 1 more");
  });

  it('of tool calls ends the node: it is not something to tell the model', async () => {
    @Agent({ instructions: 'x' })
    @Budget({ toolCalls: 1 })
    class Looker {
      @Tool('Look')
      look(): string {
        return 'fog';
      }
    }
    const model = new ScriptedModel({ calls: [{ tool: 'look' }, { tool: 'look' }] });
    const { start } = await build(Looker, {}, { models: { default: model } });
    const { error, usage } = await start('x').outcome;
    expect((error as Error).message).toContain("The budget of node 'looker' is 1 toolCalls");
    expect(usage.toolCalls).toBe(1);
  });

  it('counts calls that failed', async () => {
    const model = new ScriptedModel(new Error('down'), new Error('down'));
    const agent = asker(
      'a',
      async (ctx) => {
        for (let tries = 0; tries < 5; tries++)
          await ctx.generate('x').catch((error: Error) => {
            if (error.message.includes('budget')) throw error;
          });
      },
      [Budget({ modelCalls: 2 })],
    );
    const { start } = await build(agent, {}, { models: { default: model } });
    expect(((await start().outcome).error as Error).message).toContain('2 spent, 0 reserved, 1 more asked for');
    expect(model.done).toBe(true);
  });
});

describe('a model that ignores its signal', () => {
  it('holds nothing back when its attempt is over, and what it uses late is charged', async () => {
    const clock = new VirtualClock();
    let answerLate: ((answer: ScriptedAnswer) => void) | undefined;
    const late: ScriptedTurn = () =>
      new Promise((resolve) => {
        answerLate = resolve;
      });
    const model = new ScriptedModel(late, using(10, 10), using(1, 1));
    const agent = asker(
      'a',
      async (ctx) => {
        if (ctx.attempt === 1) return ctx.generate('x', { settings: { maxOutputTokens: 900 } });
        await ctx.generate('x', { settings: { maxOutputTokens: 900 } });
        answerLate?.(using(100, 500));
        await turns();
        return ctx.generate('x', { settings: { maxOutputTokens: 900 } });
      },
      [Timeout(100), Retry({ attempts: 2, backoff: 0 })],
    );
    const { start } = await build(agent, { budget: { tokens: 1000 } }, { clock, models: { default: model } });
    const run = start();
    await clock.advance(100);
    const { status, usage } = await run.outcome;
    expect(status).toBe('completed');
    expect(usage).toMatchObject({ modelCalls: 3, inputTokens: 111, outputTokens: 511 });
    const limits = limitsOf(model) as number[];
    expect(limits[1]).toBe(900);
    expect(limits[2]).toBeLessThan(1000 - 620);
  });
});

describe('a budget of cost', () => {
  it('lets the last call go over it, and refuses the next', async () => {
    const model = new ScriptedModel(using(1, 1, 0.4), using(1, 1, 0.7));
    const agent = asker('a', async (ctx) => {
      for (;;) await ctx.generate('x');
    });
    const { start } = await build(agent, { budget: { cost: 1 } }, { models: { default: model } });
    const { status, error, usage } = await start().outcome;
    expect(status).toBe('budget_exceeded');
    expect((error as Error).message).toContain('is 1 cost: 1.1 spent, 0 reserved, 0.000001 more asked for.');
    expect(usage.cost).toBeCloseTo(1.1);
    expect(model.done).toBe(true);
  });
});

describe('a child run', () => {
  it('spends from the budget of its parent', async () => {
    const inner = defineWorkflow({
      name: 'inner',
      version: 1,
      output: asker('worker', async (ctx) => [await ctx.generate('1'), await ctx.generate('2')]),
      budget: { modelCalls: 100 },
    }) as Workflow<unknown, unknown>;
    const outer = defineWorkflow({
      name: 'outer',
      version: 1,
      output: asker(
        'caller',
        async (ctx) => {
          await ctx.generate('0');
          return ctx.call(inner, null);
        },
        [Calls(inner, { max: 1 })],
      ),
      budget: { modelCalls: 2 },
    }) as Workflow<unknown, unknown>;
    const model = new ScriptedModel('0', '1');
    const espalier = await createEspalier({ workflows: [inner, outer], models: { default: model } });
    const { status, error } = await espalier.start(outer, null, { runId: 'r' }).outcome;
    expect(status).toBe('budget_exceeded');
    expect((error as Error).message).toContain("The budget of run 'r' of workflow 'outer' is 2 modelCalls: 2 spent");
    expect(model.done).toBe(true);
  });
});

describe('what was spent before a restart', () => {
  it('counts for child runs too: those that ended, and those that go on', async () => {
    const store = new MemoryJournal();
    let stop = true;
    const worker = asker('worker', async (ctx) => {
      const answers = [await ctx.generate('1'), await ctx.generate('2')];
      if (stop && ctx.runId.endsWith('[2]')) await new Promise(() => {});
      return answers;
    });
    const inner = defineWorkflow({ name: 'inner', version: 1, output: worker }) as Workflow<unknown, unknown>;
    const caller = asker(
      'caller',
      async (ctx) => {
        await ctx.call(inner, null);
        await ctx.call(inner, null);
        await ctx.generate('5');
        return ctx.generate('6').catch((error: Error) => error.message);
      },
      [Budget({ modelCalls: 5 }), Calls(inner, { max: 2 })],
    );
    const outer = defineWorkflow({ name: 'outer', version: 1, output: caller }) as Workflow<unknown, unknown>;
    const model = new ScriptedModel('1', '2', '3', '4', '5');
    const options = { workflows: [inner, outer], store, models: { default: model } };
    const one = await createEspalier(options);
    const run = one.start(outer, null, { runId: 'r' });
    await turns(30);
    await one.drain({ timeout: 0 });
    expect(model.requests).toHaveLength(4);
    stop = false;
    const two = await createEspalier(options);
    const resumed = await two.resume(run.id);
    await expect(resumed.result).resolves.toBe(
      "The budget of node 'caller' is 5 modelCalls: 5 spent, 0 reserved, 1 more asked for.",
    );
    expect(model.done).toBe(true);
    expect((await resumed.outcome).usage.modelCalls).toBe(1); // child runs have their own
  });

  it('counts: for the run, for the nodes that ended, and for the node that goes on', async () => {
    const store = new MemoryJournal();
    let stop = true;
    const first = asker('first', async (ctx) => [await ctx.generate('1'), await ctx.generate('2')]);
    @Agent({ model: 'default' })
    @DependsOn(first)
    @Budget({ tokens: 1000 })
    class Second {
      async run(_first: unknown, ctx: RunContext): Promise<unknown> {
        await ctx.generate('3');
        if (stop) await new Promise(() => {});
        const left = await ctx.generate('4', { settings: { maxOutputTokens: 10_000 } });
        return [left, await ctx.generate('5').catch((error: Error) => error.message)];
      }
    }
    const model = new ScriptedModel(using(1, 1, 0.1), using(1, 1, 0.1), using(300, 300, 0.1), using(1, 1, 0.1));
    const workflow = defineWorkflow({ name: 'w', version: 1, output: Second, budget: { modelCalls: 4 } }) as Workflow<
      unknown,
      unknown
    >;
    const one = await createEspalier({ workflows: [workflow], store, models: { default: model } });
    const run = one.start(workflow, null, { runId: 'r' });
    await turns();
    await one.drain({ timeout: 0 });
    stop = false;
    const two = await createEspalier({ workflows: [workflow], store, models: { default: model } });
    const { status, error, usage } = await (await two.resume(run.id)).outcome;
    expect(status).toBe('completed');
    expect(error).toBeUndefined();
    expect(await two.resume(run.id).catch((fault: Error) => fault.message)).toBe("Run 'r' has already ended.");
    expect(usage).toEqual({
      modelCalls: 4,
      toolCalls: 0,
      inputTokens: 303,
      outputTokens: 303,
      cost: expect.closeTo(0.4),
    });
    expect(limitsOf(model)[3]).toBeLessThan(400); // of 1000 tokens, 600 were spent before
  });
});
