import { expect, it } from '@jest/globals';
import { Agent } from '../decorators/agent.js';
import { EmbeddedEngine } from '../engine/embedded-engine.js';
import { defineWorkflow } from '../graph/workflow.js';
import { MemoryJournal } from '../journal/memory-journal.js';
import { createEspalier } from './create-espalier.js';
import type { EngineFactory, RuntimeHost } from './engine-factory.js';

@Agent()
class Dice {
  run(_input: null, ctx: { random(): Promise<number> }): Promise<number> {
    return ctx.random();
  }
}

const workflow = defineWorkflow({ name: 'dice', version: 1, output: Dice });

it('an engine makes the runtime, of the proven workflows and with its own surroundings', async () => {
  let given: RuntimeHost | undefined;
  const journal = new MemoryJournal();
  const engine: EngineFactory = {
    connect: async (host) => {
      given = host;
      return host.runtime(new EmbeddedEngine(journal, host.clock, host.owner), { random: () => 0.25 });
    },
  };
  const espalier = await createEspalier({ workflows: [workflow], engine, owner: 'this-process' });
  await expect(espalier.run(workflow, null as never, { runId: 'r1' })).resolves.toBe(0.25);
  expect(given?.workflows).toEqual([workflow]);
  expect(journal.read('r1')[0]).toMatchObject({ type: 'run-start', owner: 'this-process' });
});

it('refuses a store next to an engine', async () => {
  const engine: EngineFactory = { connect: () => Promise.reject(new Error('not to be asked')) };
  await expect(createEspalier({ workflows: [workflow], engine, store: new MemoryJournal() })).rejects.toMatchObject({
    code: 'option-invalid',
    message: 'createEspalier: `engine` and `store` are both given, expected one of them.',
  });
  await expect(createEspalier({ workflows: [workflow], engine, layAsideAfter: '1s' })).rejects.toThrow(
    'createEspalier: `engine` and `layAsideAfter` are both given, expected one of them.',
  );
});

it('tells the outcome of a run by its records alone', async () => {
  const journal = new MemoryJournal();
  let given: RuntimeHost | undefined;
  const engine: EngineFactory = {
    connect: async (host) => {
      given = host;
      return host.runtime(new EmbeddedEngine(journal, host.clock, host.owner), { random: () => 0.5 });
    },
  };
  const espalier = await createEspalier({ workflows: [workflow], engine });
  const run = espalier.start(workflow, null as never, { runId: 'r1' });
  const outcome = await run.outcome;
  const host = given as RuntimeHost;
  const another = new EmbeddedEngine(journal, host.clock, 'another');
  const read = await host.outcome(another, 'r1', { status: 'completed', output: 0.5, error: undefined });
  expect(read).toMatchObject({ runId: 'r1', status: 'completed', output: 0.5, usage: outcome.usage });
  expect(read.nodes()).toEqual({ dice: { status: 'completed', output: 0.5 } });
});

it('says what a run is to be begun with, and keeps no memories that only this process would know', async () => {
  let given: RuntimeHost | undefined;
  const engine: EngineFactory = {
    connect: async (host) => {
      given = host;
      return host.runtime(new EmbeddedEngine(new MemoryJournal(), host.clock, host.owner));
    },
  };
  const espalier = await createEspalier({ workflows: [workflow], engine });
  const host = given as RuntimeHost;
  const order = host.order(workflow, { at: 7 }, { runId: 'r1', identity: { user: 'ada' } });
  expect([order.runId, order.identity, order.input()]).toEqual(['r1', { user: 'ada' }, { at: 7 }]);
  expect(() => host.order(workflow, null, { runId: '' })).toThrow('start({ runId }): expected the id of a run, got ""');
  expect(() => host.order(workflow, { at: new Date(0) }, {}).input()).toThrow(
    "The input of workflow 'dice' is not plain data: $.at is a Date.",
  );
  await expect(espalier.memories.forget('user', { user: 'ada' })).rejects.toMatchObject({
    code: 'option-invalid',
    message: 'createEspalier({ engine }): there is no `memory`.',
  });
});
