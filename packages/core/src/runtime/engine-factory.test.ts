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
});
