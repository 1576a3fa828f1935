import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { newFile } from '../new-file.js';
import { type Backend, memoryBackend, sqliteBackend } from './backend.js';
import { type Action, World } from './world.js';

const PATIENCE = 300_000;

const at = fc.constantFrom(0 as const, 1 as const);
const run = fc.nat(1);

const action: fc.Arbitrary<Action> = fc.oneof(
  {
    weight: 12,
    arbitrary: fc.record({
      kind: fc.constant('turns' as const),
      picks: fc.array(fc.nat(7), { minLength: 1, maxLength: 12 }),
    }),
  },
  { weight: 4, arbitrary: fc.record({ kind: fc.constant('start' as const), at, run }) },
  { weight: 5, arbitrary: fc.record({ kind: fc.constantFrom('resume' as const, 'signal' as const), at, run }) },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant('cancel' as const), at, run }) },
  { weight: 3, arbitrary: fc.record({ kind: fc.constant('crash' as const), at, unheard: fc.boolean() }) },
  {
    weight: 4,
    arbitrary: fc.record({ kind: fc.constantFrom('stop' as const, 'wake' as const, 'drain' as const), at }),
  },
  { weight: 4, arbitrary: fc.record({ kind: fc.constant('restart' as const), at }) },
  {
    weight: 4,
    arbitrary: fc.record({ kind: fc.constant('advance' as const), by: fc.constantFrom(50, 100, 200, 400, 600) }),
  },
);

/** Begins with a run, so that something can go wrong. */
const actions = fc
  .array(action, { minLength: 5, maxLength: 40, size: 'max' })
  .map((list): readonly Action[] => [
    { kind: 'start', at: 0, run: 0 },
    { kind: 'turns', picks: [0, 0, 0, 0] },
    ...list,
  ]);

async function check(make: () => Backend, numRuns: number): Promise<void> {
  await fc.assert(
    fc.asyncProperty(actions, async (list) => {
      const backend = make();
      try {
        const world = new World(backend);
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
    () => check(memoryBackend, 150),
    PATIENCE,
  );

  it(
    'never both go on with a run, lose no answer and end every run once, on one file',
    () => check(() => sqliteBackend(newFile()), 25),
    PATIENCE,
  );
});
