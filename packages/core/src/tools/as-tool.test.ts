import {
  Agent,
  asTool,
  Budget,
  createEspalier,
  defineWorkflow,
  type Espalier,
  type EspalierError,
  Fallback,
  MemoryJournal,
  Retry,
  type RunContext,
  Timeout,
  Tool,
  type ToolContext,
  VirtualClock,
  type Workflow,
} from '@espalier/core';
import { describe, expect, it } from '@jest/globals';
import { z } from 'zod';
import { build, eventsOf, startsOf } from '../../test/build.js';
import { ScriptedModel, turns } from '../../test/scripted-model.js';

/** Stops the agents below in the middle: what a crash does. */
const gate = { shut: false, ran: [] as string[] };

@Agent({ description: 'Finds facts' })
class Researcher {
  async run(task: string, _ctx: RunContext): Promise<string> {
    gate.ran.push(task);
    if (gate.shut && task.startsWith('slow')) await new Promise(() => {});
    if (task === 'fail') throw new Error('the library is closed');
    return `facts about ${task}`;
  }
}

@Agent({ instructions: 'You plan.', tools: [asTool(Researcher)] })
class Planner {}

const call = (task: string, id?: string) => ({
  tool: 'researcher',
  arguments: { task },
  ...(id === undefined ? {} : { id }),
});

describe('an agent as a tool', () => {
  it('runs as a nested node and its output goes to the model', async () => {
    const model = new ScriptedModel({ calls: [call('tides'), call('waves')] }, { calls: [call('wind')] }, 'plan');
    const { start } = await build(Planner, {}, { models: { default: model } });
    const run = start('the sea');
    await expect(run.result).resolves.toBe('plan');
    expect(model.told).toEqual(['facts about tides', 'facts about waves', 'facts about wind']);
    expect(startsOf(await eventsOf(run))).toEqual([
      'planner',
      'planner/researcher',
      'planner/researcher[1]',
      'planner/researcher[2]',
    ]);
    expect(model.requests[0]?.tools).toEqual([
      {
        name: 'researcher',
        description: 'Finds facts',
        parameters: {
          type: 'object',
          properties: { task: { type: 'string', description: 'What to do, in full sentences.' } },
          required: ['task'],
          additionalProperties: false,
        },
      },
    ]);
  });

  it('has a path of its own in each of several conversations at the same time', async () => {
    @Agent({ model: 'default', tools: [asTool(Researcher)] })
    class Both {
      run(_input: unknown, ctx: RunContext): Promise<unknown> {
        return Promise.all([ctx.generate('one'), ctx.generate('two'), ctx.generate('three', { key: 'last' })]);
      }
    }
    const each = ['a', 'b', 'c'].map((task) => ({ calls: [call(task)] }));
    const model = new ScriptedModel(...each, 'done', 'done', 'done');
    const { start } = await build(Both, {}, { models: { default: model } });
    const run = start('x');
    await run.result;
    expect(startsOf(await eventsOf(run))).toEqual([
      'both',
      'both/researcher',
      'both/researcher:generate[2]',
      'both/researcher:last',
    ]);
  });

  it('that fails is told to the model, which goes on', async () => {
    const model = new ScriptedModel(
      { calls: [call('fail'), { tool: 'researcher', arguments: { task: '' } }, { tool: 'researcher' }] },
      'without',
    );
    const { start } = await build(Planner, {}, { models: { default: model } });
    await expect(start('x').result).resolves.toBe('without');
    const parameters = (got: string) =>
      `The arguments of 'researcher' do not match its parameters:\n- $.task: expected text, got ${got}\nCall it again with correct arguments.`;
    expect(model.told).toEqual([
      "'researcher' failed: the library is closed",
      parameters('"" (string)'),
      parameters('undefined'),
    ]);
  });

  it('has its own shape of input where it names one', async () => {
    @Agent()
    class Adder {
      run({ a, b }: { a: number; b: number }): number {
        return a + b;
      }
    }
    @Agent({
      instructions: 'x',
      tools: [asTool(Adder, { name: 'add', input: z.object({ a: z.number(), b: z.number() }) })],
    })
    class Clerk {}
    const model = new ScriptedModel({ calls: [{ tool: 'add', arguments: { a: 1, b: 2 } }] }, 'three');
    const { start } = await build(Clerk, {}, { models: { default: model } });
    await start('x').result;
    expect(model.told).toEqual(['3']);
  });

  it('with an input that cannot be read is a fault of the boot, among the others', async () => {
    @Agent({ instructions: 'x', tools: [asTool(Researcher, { input: Object as never })] })
    class Odd {}
    const error = await build(Odd, {}, { models: { default: new ScriptedModel() } }).catch((fault: unknown) => fault);
    expect(error).toMatchObject({ code: 'graph-invalid' });
    expect((error as EspalierError).message).toContain('The arguments of tool asTool(Researcher): Expected a class');
  });

  it('spends its own budget without ending its caller, and the budget of its caller with it', async () => {
    @Agent({ instructions: 'Ask a lot.' })
    @Budget({ modelCalls: 1 })
    class Spender {
      async run(_task: string, ctx: RunContext): Promise<string> {
        await ctx.generate('one');
        return ctx.generate('two');
      }
    }
    @Agent({ instructions: 'x', model: 'boss', tools: [asTool(Spender)] })
    class Boss {}
    const spend = { calls: [{ tool: 'spender', arguments: { task: 'x' } }] };
    const boss = new ScriptedModel(spend, 'without');
    const models = { boss, default: new ScriptedModel('1', '2') };
    const first = await build(Boss, {}, { models });
    await expect(first.start('x').result).resolves.toBe('without');
    expect(boss.told).toEqual([
      "'spender' failed: The budget of node 'boss/spender' is 1 modelCalls: 1 spent, 0 reserved, 1 more asked for.",
    ]);

    const all = { boss: new ScriptedModel(spend), default: new ScriptedModel() };
    const { start } = await build(Boss, { budget: { modelCalls: 1 } }, { models: all });
    expect((await start('x').outcome).status).toBe('budget_exceeded');
  });

  it('that runs itself is refused at boot', async () => {
    @Agent({ instructions: 'x' })
    class Ouroboros {}
    Agent({ instructions: 'x', tools: [asTool(Ouroboros)] })(Ouroboros as never);
    const error = await build(Ouroboros, {}, { models: { default: new ScriptedModel() } }).catch((fault) => fault);
    expect((error as EspalierError).message).toContain('Ouroboros → Ouroboros is a circle of agents');
  });
});

describe('a tool that runs an agent', () => {
  it('gives it a path of its own, and ends it when the tool takes too long', async () => {
    const ended: string[] = [];
    @Agent()
    class Sleeper {
      async run(task: string, ctx: RunContext): Promise<string> {
        if (task !== 'long') return 'awake';
        ctx.signal.addEventListener('abort', () => ended.push(task));
        await ctx.sleep('1 hour');
        return 'awake';
      }
    }
    @Agent({ instructions: 'x', tools: [asTool(Sleeper)] })
    class Caller {
      @Tool({ description: 'Naps', input: z.object({ task: z.string() }) })
      @Timeout('10s')
      async nap({ task }: { task: string }, tool: ToolContext): Promise<unknown> {
        return [await tool.runAgent(Sleeper, ['short']), await tool.runAgent(Sleeper, [task])];
      }
    }
    const nap = (task: string) => ({ calls: [{ tool: 'nap', arguments: { task } }] });
    const model = new ScriptedModel(nap('long'), nap('short'), 'done');
    const clock = new VirtualClock();
    const { start } = await build(Caller, {}, { clock, models: { default: model } });
    const run = start('x');
    await clock.advance('10s');
    expect(ended).toEqual(['long']);
    await expect(run.result).resolves.toBe('done');
    expect(clock.pending).toBe(0);
    expect(model.told).toEqual(["'nap' failed: Caller.nap took longer than 10000 ms.", '["awake","awake"]']);
    expect(startsOf(await eventsOf(run))).toEqual([
      'caller',
      'caller/sleeper:nap',
      'caller/sleeper:nap.2',
      'caller/sleeper:nap[1]',
      'caller/sleeper:nap[1].2',
    ]);
  });
});

describe('nested agents after a restart', () => {
  const workflow = defineWorkflow({ name: 'plan', version: 1, output: Planner }) as Workflow<unknown, unknown>;
  const start = async (store: MemoryJournal, model: ScriptedModel, flow = workflow): Promise<Espalier> =>
    createEspalier({ workflows: [flow], store, models: { default: model } });

  it('are each found again, whichever of them had ended', async () => {
    const store = new MemoryJournal();
    gate.shut = true;
    gate.ran = [];
    const model = new ScriptedModel({ calls: [call('fast'), call('slow'), call('quick')] }, 'plan');
    const first = await start(store, model);
    const run = first.start(workflow, 'x');
    await turns();
    await first.drain({ timeout: 0 });
    expect(gate.ran).toEqual(['fast', 'slow', 'quick']);
    gate.shut = false;
    const resumed = await (await start(store, model)).resume(run.id);
    await expect(resumed.result).resolves.toBe('plan');
    expect(model.told).toEqual(['facts about fast', 'facts about slow', 'facts about quick']);
    expect(gate.ran).toEqual(['fast', 'slow', 'quick', 'slow']);
    expect((await resumed.outcome).usage).toMatchObject({ modelCalls: 2, toolCalls: 3 });
  });

  it('of a later attempt are not taken for those of an earlier one', async () => {
    @Agent({ instructions: 'x', tools: [asTool(Researcher)] })
    @Retry({ attempts: 2, backoff: 0 })
    class Retrier {
      async run(_input: unknown, ctx: RunContext): Promise<string> {
        const answer = await ctx.generate('plan');
        if (ctx.attempt === 1) throw new Error('no good');
        return answer;
      }
    }
    const flow = defineWorkflow({ name: 'retry', version: 1, output: Retrier }) as Workflow<unknown, unknown>;
    const store = new MemoryJournal();
    gate.shut = true;
    gate.ran = [];
    const model = new ScriptedModel({ calls: [call('a', 'c')] }, 'first', { calls: [call('slow b', 'c')] }, 'second');
    const first = await start(store, model, flow);
    const run = first.start(flow, 'x');
    await new Promise((resolve) => setTimeout(resolve, 5));
    await turns();
    await first.drain({ timeout: 0 });
    expect(gate.ran).toEqual(['a', 'slow b']);
    gate.shut = false;
    const resumed = await (await start(store, model, flow)).resume(run.id);
    await expect(resumed.result).resolves.toBe('second');
    expect(model.told).toEqual(['facts about slow b']);
    expect(startsOf(await eventsOf(resumed))).toEqual([
      'retrier',
      'retrier/researcher',
      'retrier',
      'retrier/researcher#2',
      'retrier',
      'retrier/researcher#2',
    ]);
  });

  it('that take the place of their caller are not taken for its tools', async () => {
    @Agent({ instructions: 'x', tools: [asTool(Researcher)] })
    @Fallback(Researcher)
    class Host {
      async run(input: string, ctx: RunContext): Promise<string> {
        await ctx.generate(input);
        throw new Error('no good');
      }
    }
    const flow = defineWorkflow({ name: 'host', version: 1, output: Host }) as Workflow<unknown, unknown>;
    const store = new MemoryJournal();
    gate.shut = true;
    gate.ran = [];
    const model = new ScriptedModel({ calls: [call('tides')] }, 'answer');
    const first = await start(store, model, flow);
    const run = first.start(flow, 'slow input');
    await turns();
    await first.drain({ timeout: 0 });
    expect(gate.ran).toEqual(['tides', 'slow input']);
    gate.shut = false;
    await expect((await (await start(store, model, flow)).resume(run.id)).result).resolves.toBe(
      'facts about slow input',
    );
  });
});
