import { type AgentClass } from '@espalier/core';
import { describe, expect, it } from '@jest/globals';
import { build } from './build.js';
import { makeAgent } from './make-agent.js';

describe('size', () => {
  it('runs a chain of 100,000 nodes', async () => {
    let last: AgentClass | undefined;
    for (let index = 0; index < 100_000; index++) {
      last = makeAgent(`n${index}`, last === undefined ? [] : [last], ([value]) => Number(value ?? 0) + 1);
    }
    const { start } = await build(last as AgentClass);
    await expect(start(0).result).resolves.toBe(100_000);
  }, 60_000);

  it('runs a fan-out of 10,000', async () => {
    const root = makeAgent('root', [], () => 1);
    const leaves = Array.from({ length: 10_000 }, (_, index) => makeAgent(`n${index}`, [root], async () => index));
    const { start } = await build(makeAgent('output', leaves, (inputs) => inputs.length));
    await expect(start().result).resolves.toBe(10_000);
  }, 60_000);
});
