import {
  Calls,
  createEspalier,
  DependsOn,
  defineWorkflow,
  each,
  ForEach,
  optional,
  type PureContext,
  Repeat,
  When,
} from '@espalier/core';
import { describe, expect, it } from '@jest/globals';
import { build, eventsOf, startsOf, until } from './build.js';
import { makeAgent } from './make-agent.js';

describe('control flow', () => {
  it('skips what a condition excludes, and what needs it', async () => {
    const router = makeAgent('router', [], () => 'billing');
    const billing = makeAgent('billing', [], () => 'billed', [When(router, (route) => route === 'billing')]);
    const refund = makeAgent('refund', [], () => 'refunded', [When(router, (route) => route === 'refund')]);
    const after = makeAgent('after', [refund], () => 'never');
    const { start } = await build(
      makeAgent('output', [optional(billing), optional(after)], (inputs) => inputs.map(String)),
    );
    const run = start();
    await expect(run.result).resolves.toEqual(['billed', 'undefined']);
    const skips = (await eventsOf(run)).filter((event) => event.type === 'node-skip');
    expect(skips.map(({ node, reason }) => ({ node, reason }))).toEqual([
      { node: 'refund', reason: { kind: 'condition', source: 'router' } },
      { node: 'after', reason: { kind: 'dependency', source: 'refund', status: 'skipped' } },
    ]);
  });

  it('repeats until the condition holds, with the output before', async () => {
    const editor = makeAgent(
      'editor',
      [],
      (_inputs, ctx) => ({
        score: ((ctx.previous as { score: number } | undefined)?.score ?? 0) + 3,
        at: ctx.iteration,
      }),
      [Repeat({ until: (draft: { score: number }) => draft.score >= 8, max: 4 }) as never],
    );
    const { start } = await build(editor);
    const run = start();
    await expect(run.result).resolves.toEqual({ score: 9, at: 3 });
    expect(startsOf(await eventsOf(run))).toEqual(['editor@1', 'editor@2', 'editor@3']);
  });

  it('repeats a thousand times without a deep stack', async () => {
    const counter = makeAgent('counter', [], (_inputs, ctx) => ((ctx.previous as number) ?? 0) + 1, [
      Repeat({ until: (count: number) => count === 5000, max: 5000 }) as never,
    ]);
    const { start } = await build(counter);
    await expect(start().result).resolves.toBe(5000);
  });

  it('fails a node whose condition never holds, and says how to go on with the last output', async () => {
    const never = makeAgent('never', [], () => 1, [Repeat({ until: () => false, max: 2 }) as never]);
    const { start } = await build(never);
    const { error } = await start().outcome;
    expect((error as Error).message).toContain("Node 'never' ran 2 times and its condition still does not hold.");
  });

  it('refuses more items than max before any runs', async () => {
    let ran = 0;
    const plan = makeAgent('plan', [], () => [1, 2, 3]);
    const item = makeAgent('item', [], () => (ran += 1), [
      ForEach(plan, { items: (x) => x as unknown as number[], max: 2 }),
    ]);
    const { start } = await build(makeAgent('output', [each(item)], () => null));
    const { error } = await start().outcome;
    expect((error as Error).message).toContain("Node 'item' got 3 items; its `max` is 2.");
    expect(ran).toBe(0);
  });

  it('waits for a signal, checks the answer, and takes it once', async () => {
    const { z } = await import('zod');
    const asker = makeAgent('asker', [], (_inputs, ctx) => ctx.waitFor('approval', z.object({ ok: z.boolean() })));
    const { espalier, start } = await build(asker);
    const run = start();
    await until(() => run.status === 'suspended');
    expect(run.suspensions).toEqual([{ node: 'asker', signal: 'approval', request: undefined }]);
    await expect(espalier.signal(run.id, 'other', 1)).rejects.toMatchObject({
      code: 'signal-unknown',
      message: `No node of run '${run.id}' waits for 'other'; it waits for 'approval'.`,
    });
    await expect(espalier.signal(run.id, 'approval', { ok: 'yes' })).rejects.toMatchObject({ code: 'signal-invalid' });
    await espalier.signal(run.id, 'approval', { ok: true });
    await expect(espalier.signal(run.id, 'approval', { ok: false })).rejects.toMatchObject({ code: 'signal-answered' });
    await expect(run.result).resolves.toEqual({ ok: true });
  });

  it('gives a child run the identity of its parent and gives its output back', async () => {
    const child = defineWorkflow({
      name: 'child',
      version: 1,
      output: makeAgent('who', [], ([input], ctx) => [input, ctx.identity]),
    });
    const parent = defineWorkflow({
      name: 'parent',
      version: 1,
      output: makeAgent('caller', [], (_inputs, ctx) => ctx.call(child, 7), [Calls(child, { max: 1 })]),
    });
    const espalier = await createEspalier({ workflows: [parent, child] });
    await expect(espalier.run(parent, null, { identity: { user: 'u1' } })).resolves.toEqual([7, { user: 'u1' }]);
  });
});

describe('predicates', () => {
  it('may look at the input of the run', async () => {
    const numbers = makeAgent('numbers', [], () => [1, 2, 3, 4]);
    const least = (_output: unknown, { input }: PureContext<{ readonly least: number }>) => input.least;
    const guarded = makeAgent('guarded', [numbers], ([all]) => all, [
      When(
        numbers,
        (output, ctx: PureContext<{ readonly least: number }>) =>
          (output as unknown as number[]).length >= least(output, ctx),
      ),
    ] as never);
    const each4 = makeAgent('item', [], ([item]) => item, [
      ForEach(numbers, {
        items: (output, ctx: PureContext<{ readonly least: number }>) =>
          (output as unknown as number[]).slice(least(output, ctx)),
        max: 4,
      }),
    ] as never);
    const loop = makeAgent('loop', [], (_inputs, ctx) => ctx.iteration, [
      Repeat({
        until: (output: number, ctx: PureContext<{ readonly least: number }>) => output >= least(output, ctx),
        max: 9,
      }),
    ] as never);
    const output = makeAgent('output', [optional(guarded), each(each4), loop], (inputs) =>
      inputs.map((input) => input ?? 'skipped'),
    );
    const { start } = await build(output);
    await expect(start({ least: 3 }).result).resolves.toEqual([[1, 2, 3, 4], [4], 3]);
    await expect(start({ least: 5 }).result).resolves.toEqual(['skipped', [], 5]);
  });
});

describe('decorated classes', () => {
  it('run as declared, with injected services', async () => {
    const { Agent } = await import('@espalier/core');
    class Greeter {
      greet(name: string): string {
        return `Hello ${name}`;
      }
    }
    @Agent()
    class Greeting {
      constructor(private readonly greeter: Greeter) {}
      run(name: string): string {
        return this.greeter.greet(name);
      }
    }
    @Agent()
    @DependsOn(Greeting)
    class Shout {
      run(greeting: string): string {
        return `${greeting.toUpperCase()}!`;
      }
    }
    const workflow = defineWorkflow({ name: 'greet', version: 1, output: Shout });
    const espalier = await createEspalier({ workflows: [workflow], providers: [Greeter] });
    await expect(espalier.run(workflow, 'Ada')).resolves.toBe('HELLO ADA!');
    await expect(createEspalier({ workflows: [workflow] })).rejects.toThrow(
      'Cannot resolve the dependencies of Greeting(?): there is no provider for Greeter.',
    );
  });
});
