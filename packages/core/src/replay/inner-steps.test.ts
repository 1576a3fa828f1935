import {
  Agent,
  createEspalier,
  defineMemory,
  defineWorkflow,
  MemoryJournal,
  MemoryScopedStore,
  Retry,
  type RunContext,
  Tool,
  type ToolContext,
  type Workflow,
} from '@espalier/core';
import { describe, expect, it } from '@jest/globals';
import { z } from 'zod';
import { ScriptedModel, turns } from '../../test/scripted-model.js';

const city = defineMemory({ name: 'city', schema: z.string(), scope: 'user' });
const count = defineMemory({ name: 'count', schema: z.number(), scope: 'user' });
const ada = { identity: { user: 'ada' } };

async function stage(output: Parameters<typeof defineWorkflow>[0]['output'], model = new ScriptedModel()) {
  const workflow = defineWorkflow({ name: 'w', version: 1, output }) as Workflow;
  const options = { workflows: [workflow], models: { default: model }, recovery: false } as const;
  const shared = { store: new MemoryJournal(), memory: new MemoryScopedStore() };
  const place = () => createEspalier({ ...options, ...shared });
  const espalier = await place();
  return { espalier, place, start: () => espalier.start(workflow, undefined, ada) };
}

async function replayed(...args: Parameters<typeof stage>) {
  const { espalier, start } = await stage(...args);
  const run = start();
  await run.result;
  return espalier.replay(run.id);
}

describe('the replay of a step that has steps inside', () => {
  it('does not miss those of a tool call', async () => {
    @Agent()
    class Mover {
      @Tool({ description: 'Moves', input: z.object({ to: z.string() }) })
      async move({ to }: { readonly to: string }, ctx: ToolContext): Promise<string> {
        await ctx.memory(city).write(to);
        return 'moved';
      }
      run(_input: unknown, ctx: RunContext): Promise<string> {
        return ctx.generate('Move me');
      }
    }
    const calls = [{ tool: 'move', arguments: { to: 'Oslo' } }];
    const report = await replayed(Mover, new ScriptedModel({ calls }, 'Done.'));
    expect(report).toMatchObject({ ended: true, diverged: undefined });
  });

  it('does not miss those of ctx.step', async () => {
    @Agent()
    class Stepper {
      run(_input: unknown, ctx: RunContext): Promise<string> {
        return ctx.step('move', async ({ memory }) => {
          await memory(city).write('Oslo');
          return (await memory(city).read()) as string;
        });
      }
    }
    expect(await replayed(Stepper)).toMatchObject({ ended: true, diverged: undefined });
  });

  it('does not miss those of a tool that was tried again', async () => {
    let tries = 0;
    @Agent()
    class Mover {
      @Tool({ description: 'Moves', input: z.object({ to: z.string() }) })
      @Retry({ attempts: 2, backoff: 0 })
      async move({ to }: { readonly to: string }, ctx: ToolContext): Promise<string> {
        await ctx.memory(city).write(to);
        tries += 1;
        if (tries === 1) throw new Error('again');
        return 'moved';
      }
      run(_input: unknown, ctx: RunContext): Promise<string> {
        return ctx.generate('Move me');
      }
    }
    const calls = [{ tool: 'move', arguments: { to: 'Oslo' } }];
    expect(await replayed(Mover, new ScriptedModel({ calls }, 'Done.'))).toMatchObject({ diverged: undefined });
    expect(tries).toBe(2);
  });

  it('stops where the record stops, within such a step', async () => {
    @Agent()
    class Stepper {
      run(_input: unknown, ctx: RunContext): Promise<string> {
        return ctx.step('move', async ({ memory }) => {
          await memory(city).write('Oslo');
          return new Promise<never>(() => {});
        });
      }
    }
    const { espalier, place, start } = await stage(Stepper);
    const run = start();
    run.result.catch(() => {});
    await turns();
    await espalier.drain({ timeout: 0 });
    const report = await (await place()).replay(run.id, { patience: 100 });
    expect(report).toMatchObject({ ended: false, diverged: undefined });
  });
});

it('a memory that is used inside ctx.step shifts no names outside: a run that is taken over loses no update', async () => {
  @Agent()
  class Counter {
    async run(_input: unknown, ctx: RunContext): Promise<number> {
      await ctx.step('count', async ({ memory }) => void (await memory(count).update((before = 0) => before + 1)));
      await ctx.waitFor('go', z.boolean());
      return ctx.memory(count).update((before = 0) => before + 1);
    }
  }
  const { espalier, place, start } = await stage(Counter);
  const run = start();
  run.result.catch(() => {});
  await turns();
  await espalier.drain();
  const second = await place();
  const resumed = await second.resume(run.id);
  await second.signal(run.id, 'go', true);
  expect(await resumed.result).toBe(2);
  expect(await second.replay(run.id)).toMatchObject({ ended: true, diverged: undefined });
});
