import { Agent, createEspalier, MemoryJournal, type RunContext, Tool, VirtualClock } from '@espalier/core';
import { describe, expect, it } from '@jest/globals';
import { z } from 'zod';
import { build, eventsOf } from '../../test/build.js';
import { ScriptedModel, turns } from '../../test/scripted-model.js';

/** What the world was asked, and when to stop in the middle. */
const world = { looks: 0, steps: 0, stopAt: '' };

const pass = async (name: string): Promise<void> => {
  if (world.stopAt === name) await new Promise(() => {});
};

@Agent({ instructions: 'Look around.' })
class Scout {
  @Tool({ description: 'Look', input: z.object({ at: z.string() }) })
  async look({ at }: { at: string }): Promise<string> {
    world.looks += 1;
    await pass(at);
    return `${at} is clear`;
  }

  async run(_input: unknown, ctx: RunContext): Promise<unknown> {
    const readings = [ctx.now(), ctx.random(), ctx.uuid()];
    const stepped = await ctx.step('mark', () => {
      world.steps += 1;
      return world.steps;
    });
    await ctx.sleep('1 hour');
    const said = await ctx.waitFor('go', z.string());
    const found = await ctx.generate('Look around.');
    await pass('after');
    const [a, b] = await Promise.all([
      ctx.generate(z.object({ side: z.string() }), 'Left or right?'),
      ctx.generate('And now?'),
    ]);
    await pass('end');
    return { readings, stepped, said, found, a, b };
  }
}

const look = (at: string) => ({ tool: 'look', arguments: { at } });
const script = () =>
  new ScriptedModel(
    { calls: [look('north'), look('south')] },
    { calls: [look('east')] },
    'all clear',
    ({ output }) => (output === undefined ? 'onwards' : '{"side":"left"}'),
    ({ output }) => (output === undefined ? 'onwards' : '{"side":"left"}'),
  );

/** A run that is stopped at a place, and goes on in a second runtime. */
async function interrupted(stopAt: string) {
  Object.assign(world, { looks: 0, steps: 0, stopAt });
  const store = new MemoryJournal();
  const clock = new VirtualClock();
  const model = script();
  const { espalier, workflow, start } = await build(Scout, {}, { store, clock, models: { default: model } });
  const run = start();
  await clock.advance('1 hour');
  await espalier.signal(run.id, 'go', 'please');
  await turns(20);
  const drained = espalier.drain({ timeout: 0 });
  await clock.advance(0);
  await drained;
  const before = { asked: model.requests.length, looks: world.looks };
  world.stopAt = '';
  await clock.advance('1 hour');
  const other = await createEspalier({ workflows: [workflow], store, clock, models: { default: model } });
  const resumed = await other.resume(run.id);
  const output = (await resumed.result) as { readonly readings: unknown };
  return { before, model, output, outcome: await resumed.outcome, events: await eventsOf(resumed) };
}

describe('an attempt that was interrupted', () => {
  it.each([
    // Where it stopped, what was asked before, and how many looks in all: one in flight is made again.
    ['south', 1, 2, 4],
    ['east', 2, 3, 4],
    ['after', 3, 3, 3],
    ['end', 5, 3, 3],
  ])('at %s goes on from there: nothing on record is asked again', async (stopAt, asked, looks, inAll) => {
    const { before, model, output, outcome, events } = await interrupted(stopAt);
    expect(before).toEqual({ asked, looks });
    expect(model.done).toBe(true);
    expect(world).toMatchObject({ looks: inAll, steps: 1 });
    expect(output).toMatchObject({ stepped: 1, said: 'please', found: 'all clear', a: { side: 'left' }, b: 'onwards' });
    expect(output.readings).toEqual(
      events.flatMap((event) =>
        event.type === 'step-end' && /^(now|random|uuid)\[1\]$/.test(event.step) ? [event.value] : [],
      ),
    );
    expect(outcome.usage).toMatchObject({ modelCalls: 5, toolCalls: 3, inputTokens: 50, outputTokens: 25 });
    const steps = events.flatMap((event) => ('step' in event && event.type.endsWith('-end') ? [event.step] : []));
    expect(new Set(steps).size).toBe(steps.length); // each is on record once
  });

  it('sends the model what it would have sent without the interruption', async () => {
    const { model } = await interrupted('south');
    Object.assign(world, { looks: 0, steps: 0, stopAt: '' });
    const whole = script();
    const clock = new VirtualClock();
    const { espalier, start } = await build(Scout, {}, { clock, models: { default: whole } });
    const run = start();
    await clock.advance('1 hour');
    await espalier.signal(run.id, 'go', 'please');
    await run.result;
    expect(model.requests).toEqual(whole.requests);
  });

  it('gives calls in flight the same idempotency key, and another attempt another', async () => {
    const store = new MemoryJournal();
    let stop = true;
    const model = new ScriptedModel(
      () => (stop ? new Promise<string>(() => {}) : 'one'),
      () => 'one',
    );
    @Agent({ model: 'default' })
    class Asker {
      run(_input: unknown, ctx: RunContext): Promise<string> {
        return ctx.generate('x');
      }
    }
    const { espalier, workflow, start } = await build(Asker, {}, { store, models: { default: model } });
    const run = start();
    await turns();
    await espalier.drain({ timeout: 0 });
    stop = false;
    const other = await createEspalier({ workflows: [workflow], store, models: { default: model } });
    await (await other.resume(run.id)).result;
    const keys = model.options.map(({ idempotencyKey }) => idempotencyKey);
    expect(keys).toEqual([`${run.id}/asker#1/generate[1]/model[1]`, `${run.id}/asker#1/generate[1]/model[1]`]);
  });
});

describe('names of calls', () => {
  it('follow the order of calls, not the time that a schema takes to be read', async () => {
    const model = new ScriptedModel(
      ({ output }) => (output === undefined ? 'text' : '1'),
      ({ output }) => (output === undefined ? 'text' : '1'),
    );
    @Agent({ model: 'default' })
    class Asker {
      run(_input: unknown, ctx: RunContext): Promise<unknown> {
        return Promise.all([ctx.generate(z.number(), 'number'), ctx.generate('text')]);
      }
    }
    const { start } = await build(Asker, {}, { models: { default: model } });
    const run = start();
    await expect(run.result).resolves.toEqual([1, 'text']);
    const starts = (await eventsOf(run)).flatMap((event) =>
      event.type === 'model-start' ? [[event.step, event.request.output === undefined ? 'text' : 'number']] : [],
    );
    expect(Object.fromEntries(starts)).toEqual({ 'generate[1]/model[1]': 'number', 'generate[2]/model[1]': 'text' });
  });
});
