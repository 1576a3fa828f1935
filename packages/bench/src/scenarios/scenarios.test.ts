import { describe, expect, it } from '@jest/globals';
import { type Contender, WrongResult } from '../contender.js';
import { handWritten } from '../contenders/hand-written.js';
import { median } from '../process/median.js';
import { scenarios } from './index.js';

/** What starts processes of its own is tried by the program's own quick run. */
const inProcess = scenarios.filter(({ name }) => name !== 'cold-start');
const needsGarbageCollector = globalThis.gc === undefined;

describe('a scenario', () => {
  it.each(inProcess)('$name refuses a contender whose results are wrong', async (scenario) => {
    const wrong: Contender = {
      prepare: async (workload) => {
        const run = await handWritten.prepare(workload);
        return async (seed) => (await run(seed)) + 1;
      },
    };
    globalThis.gc ??= (() => {}) as NonNullable<typeof globalThis.gc>;
    try {
      await expect(scenario.prepare({ name: 'espalier', load: async () => wrong }, true)).rejects.toThrow(WrongResult);
    } finally {
      if (needsGarbageCollector) Reflect.deleteProperty(globalThis, 'gc');
    }
  });
});

describe('median', () => {
  it.each([
    [[3, 1, 2], 2],
    [[4, 1, 3, 2], 2.5],
    [[7], 7],
  ])('of %j is %d', (values, middle) => expect(median(values)).toBe(middle));
});
