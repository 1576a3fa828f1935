import {
  Calls,
  createEspalier,
  defineWorkflow,
  type EspalierError,
  MemoryJournal,
  Retry,
  type RunContext,
  VirtualClock,
  type Workflow,
} from '@espalier/core';
import { describe, expect, it } from '@jest/globals';
import { z } from 'zod';
import { build, eventsOf } from '../../test/build.js';
import { type Behaviour, makeAgent } from '../../test/make-agent.js';
import { ScriptedModel, turns } from '../../test/scripted-model.js';

const agent = (behaviour: (ctx: RunContext) => unknown, decorators: readonly unknown[] = []) =>
  makeAgent('node', [], ((_inputs, ctx) => behaviour(ctx)) as Behaviour, decorators as never, { model: 'default' });

const retry = [Retry({ attempts: 2, backoff: 10 })];

async function outcomeOf(node: ReturnType<typeof agent>, models = { default: new ScriptedModel() }) {
  const clock = new VirtualClock();
  const { start } = await build(node, {}, { clock, models });
  const run = start();
  await clock.runAll();
  return run.outcome;
}

describe('ctx.step', () => {
  it('runs once over all attempts, with one idempotency key', async () => {
    const keys: string[] = [];
    const { output, runId } = await outcomeOf(
      agent(async (ctx) => {
        const result = await ctx.step('charge', ({ idempotencyKey }) => {
          keys.push(idempotencyKey);
          return { paid: true, at: undefined };
        });
        if (ctx.attempt === 1) throw new Error('after the charge');
        return result;
      }, retry),
    );
    expect(output).toEqual({ paid: true });
    expect(keys).toEqual([`${runId}/node/charge`]);
  });

  it('that fails is not on record: the next attempt runs it again, with the same key', async () => {
    const keys: string[] = [];
    const { output } = await outcomeOf(
      agent(
        (ctx) =>
          ctx.step('charge', ({ idempotencyKey }) => {
            keys.push(idempotencyKey);
            if (keys.length === 1) throw new Error('the line broke');
            return 'paid';
          }),
        retry,
      ),
    );
    expect(output).toBe('paid');
    expect(keys).toEqual([keys[0], keys[0]]);
  });

  it('refuses a name that was used before in the attempt', async () => {
    const { error } = await outcomeOf(
      agent(async (ctx) => {
        await ctx.step('charge', () => 1);
        await ctx.step('charge', () => 2);
      }),
    );
    expect((error as EspalierError).cause).toMatchObject({
      code: 'step-duplicate',
      message: "Node 'node' used the step name 'charge' twice in one attempt.",
    });
  });

  it('refuses a result that is no plain data, and says where', async () => {
    const { error } = await outcomeOf(agent((ctx) => ctx.step('load', () => ({ rows: new Map() }))));
    expect((error as EspalierError).cause).toMatchObject({
      code: 'not-plain-data',
      message: "The result of ctx.step('load') is not plain data: $.rows is a Map.",
    });
  });

  it('gives its result frozen, as a replay would', async () => {
    const { output } = await outcomeOf(
      agent(async (ctx) => Object.isFrozen(await ctx.step('load', () => ({ rows: [] })))),
    );
    expect(output).toBe(true);
  });
});

describe('a key of ctx.generate', () => {
  it('names the call in the journal, and is refused a second time', async () => {
    const model = new ScriptedModel('one');
    const node = agent(async (ctx) => {
      await ctx.generate('x', { key: 'title' });
      return ctx.generate('x', { key: 'title' }).catch((error: EspalierError) => error.message);
    });
    const { start } = await build(node, {}, { models: { default: model } });
    const run = start();
    await expect(run.result).resolves.toBe("Node 'node' used the step name 'title' twice in one attempt.");
    const steps = (await eventsOf(run)).flatMap((event) => (event.type === 'model-end' ? [event.step] : []));
    expect(steps).toEqual(['title/model[1]']);
  });
});

describe('ctx.call', () => {
  const child = (behaviour: (input: unknown, ctx: RunContext) => unknown) =>
    defineWorkflow({
      name: 'child',
      version: 1,
      input: z.object({ n: z.number() }),
      output: makeAgent('worker', [], ([input], ctx) => behaviour(input, ctx)),
    }) as unknown as Workflow<{ n: number }, unknown>;

  async function parent(inner: Workflow<{ n: number }, unknown>, node: ReturnType<typeof agent>) {
    const workflow = defineWorkflow({ name: 'parent', version: 1, output: node }) as Workflow<unknown, unknown>;
    const clock = new VirtualClock();
    const store = new MemoryJournal();
    const workflows = [workflow, inner as Workflow];
    const espalier = await createEspalier({ workflows, clock, store, models: { default: new ScriptedModel() } });
    const run = espalier.start(workflow, null, { runId: 'r' });
    return { run, clock, store, espalier };
  }

  it('that fails fails its node, and the error names the child and why', async () => {
    const inner = child(() => {
      throw new Error('no luck');
    });
    const { run } = await parent(
      inner,
      agent((ctx) => ctx.call(inner, { n: 1 }), [Calls(inner, { max: 1 })]),
    );
    const { error, status } = await run.outcome;
    expect(status).toBe('failed');
    expect((error as Error).message).toBe(
      "Run 'r' of workflow 'parent' failed: node 'node': Run 'r/node/call:child[1]' of workflow 'child' failed: node 'worker': no luck",
    );
  });

  it('with an input that does not match fails before anything runs', async () => {
    let ran = false;
    const inner = child(() => {
      ran = true;
    });
    const { run } = await parent(
      inner,
      agent((ctx) => ctx.call(inner, { n: 'one' } as never), [Calls(inner, { max: 1 })]),
    );
    expect(((await run.outcome).error as EspalierError).cause).toMatchObject({
      code: 'input-invalid',
      message: expect.stringMatching(/^The input of workflow 'child' is not a .+: \$\.n: .+\.$/),
    });
    expect(ran).toBe(false);
  });

  it('in another attempt is another run, with its own input', async () => {
    const inner = child((input) => input);
    const node = agent(
      async (ctx) => {
        const output = await ctx.call(inner, { n: ctx.attempt });
        if (ctx.attempt === 1) throw new Error('no good');
        return output;
      },
      [...retry, Calls(inner, { max: 1 })],
    );
    const { run, clock, store } = await parent(inner, node);
    await clock.runAll();
    await expect(run.result).resolves.toEqual({ n: 2 });
    expect(store.list().map(({ runId }) => runId)).toEqual(['r', 'r/node/call:child[1]', 'r/node#2/call:child[1]']);
  });

  it('that the agent does not declare is refused, and says what to write', async () => {
    const inner = child((input) => input);
    const undeclared = agent((ctx) => ctx.call(inner, { n: 1 }));
    const { run } = await parent(inner, undeclared);
    expect(((await run.outcome).error as EspalierError).cause).toMatchObject({
      code: 'call-undeclared',
      message: "Node 'node' (node) called workflow 'child', which it does not declare.",
      hint: "Write @Calls(workflow, { max: 10 }) above class node, with workflow 'child'.",
      where: { node: 'node', class: 'node' },
      retryable: false,
    });
  });

  it('is one of at most `max` in an attempt; each attempt begins anew', async () => {
    const inner = child((input) => input);
    const node = agent(
      async (ctx) => {
        await ctx.call(inner, { n: 1 });
        const last = await ctx.call(inner, { n: 2 });
        return ctx.attempt === 2 ? last : ctx.call(inner, { n: 3 });
      },
      [Calls(inner, { max: 2 }), Retry({ attempts: 2, backoff: 10, retryIf: () => true })],
    );
    const { run, clock, store } = await parent(inner, node);
    await clock.runAll();
    await expect(run.result).resolves.toEqual({ n: 2 });
    expect(store.list()).toHaveLength(5);
    const retried = (await eventsOf(run)).find(({ type }) => type === 'node-retry');
    expect(retried).toMatchObject({
      error: {
        code: 'calls-exceeded',
        message: "Node 'node' called workflow 'child' 2 times in one attempt and asked for another.",
        hint: 'Write @Calls(workflow, { max: 4 }), or call it less often.',
      },
    });
  });

  it('of a workflow that is declared needs no place in `workflows`', async () => {
    const inner = child((input) => input);
    const output = agent((ctx) => ctx.call(inner, { n: 1 }), [Calls(inner, { max: 1 })]);
    const workflow = defineWorkflow({ name: 'parent', version: 1, output }) as Workflow<unknown, unknown>;
    const espalier = await createEspalier({ workflows: [workflow], models: { default: new ScriptedModel() } });
    await expect(espalier.run(workflow, null)).resolves.toEqual({ n: 1 });
    expect(espalier.describe(inner as Workflow).nodes.map(({ name }) => name)).toEqual(['worker']);
  });

  it('is cancelled with its parent, down to its signal', async () => {
    let signal: AbortSignal | undefined;
    const inner = child((_input, ctx) => {
      signal = ctx.signal;
      return new Promise(() => {});
    });
    const { run, store } = await parent(
      inner,
      agent((ctx) => ctx.call(inner, { n: 1 }), [Calls(inner, { max: 1 })]),
    );
    await turns();
    run.cancel('enough');
    await run.outcome;
    await turns();
    expect(signal?.aborted).toBe(true);
    expect(store.read('r/node/call:child[1]').at(-1)).toMatchObject({ type: 'run-end', status: 'cancelled' });
  });
});

describe('a context that is kept after its attempt', () => {
  it('refuses everything with a typed error, and nothing comes of it', async () => {
    let kept: RunContext | undefined;
    const model = new ScriptedModel();
    const store = new MemoryJournal();
    const inner = defineWorkflow({ name: 'inner', version: 1, output: makeAgent('x', [], () => 1) }) as Workflow;
    const node = agent((ctx) => {
      kept = ctx;
      return 'done';
    });
    const workflow = defineWorkflow({ name: 'w', version: 1, output: node }) as Workflow<unknown, unknown>;
    const espalier = await createEspalier({ workflows: [workflow, inner], store, models: { default: model } });
    const run = espalier.start(workflow, null);
    const { usage } = await run.outcome;
    const before = store.read(run.id).length;
    const ctx = kept as unknown as RunContext;
    const message = `Run '${run.id}' has ended.`;
    const late: (() => unknown)[] = [
      () => ctx.generate('x'),
      () => ctx.generate(z.string(), 'x'),
      () => ctx.stream('x'),
      () => ctx.step('late', () => 1),
      () => ctx.call(inner, null as never),
      () => ctx.waitFor('late', z.string()),
      () => ctx.sleep(1),
      () => ctx.state(class {}),
      () => ctx.now(),
      () => ctx.random(),
      () => ctx.uuid(),
    ];
    for (const ask of late) await expect((async () => ask())()).rejects.toMatchObject({ code: 'run-settled', message });
    expect(ctx.signal.aborted).toBe(true);
    expect(store.read(run.id)).toHaveLength(before);
    expect(store.list()).toHaveLength(1);
    expect(model.requests).toEqual([]);
    expect(usage.modelCalls).toBe(0);
  });

  it('of an attempt that timed out or was retried is refused while the run goes on', async () => {
    const contexts: RunContext[] = [];
    const { output } = await outcomeOf(
      agent(async (ctx) => {
        contexts.push(ctx);
        if (ctx.attempt === 1) throw new Error('no good');
        return (contexts[0] as RunContext).generate('x').catch(({ code, message }: EspalierError) => [code, message]);
      }, retry),
    );
    expect(output).toEqual(['run-cancelled', "The attempt of node 'node' is over."]);
  });
});
