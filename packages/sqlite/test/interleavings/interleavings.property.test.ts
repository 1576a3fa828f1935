import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { newFile } from '../new-file.js';
import { actions } from './actions.js';
import { type Backend, memoryBackend, sqliteBackend } from './backend.js';
import { World } from './world.js';

const PATIENCE = 300_000;

async function check(make: () => Backend, numRuns: number): Promise<void> {
  await fc.assert(
    fc.asyncProperty(actions, fc.boolean(), async (list, recovers) => {
      const backend = make();
      try {
        const world = new World(backend, recovers);
        for (const one of list) await world.play(one);
        expect(await world.end()).toEqual([]);
      } finally {
        await backend.close();
      }
    }),
    { numRuns },
  );
}

describe('two processes that are killed, stopped, drained, answered and cancelled at any time', () => {
  it(
    'never both go on with a run, lose no answer and end every run once, in memory',
    () => check(memoryBackend, 100),
    PATIENCE,
  );

  it(
    'never both go on with a run, lose no answer and end every run once, on one file',
    () => check(() => sqliteBackend(newFile()), 20),
    PATIENCE,
  );
});
