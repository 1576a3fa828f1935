import { describe, expect, it } from '@jest/globals';
import type { Contender, ContenderInfo } from '../contender.js';
import { expectedResult } from '../work/expected.js';
import { uneven } from '../work/uneven.js';
import { chain, diamond, fanOut, layers, loop } from '../work/workload.js';
import { contenders } from './index.js';

const workloads = [chain(1), chain(4), fanOut(3), layers(2, 3), diamond(), loop(3), uneven(0.02)];

type Loadable = ContenderInfo & { readonly load: () => Promise<Contender> };

describe.each(contenders.filter((each): each is Loadable => each.load !== undefined))('$name', ({ load }) => {
  it.each(workloads)('does the work of shape $shape from any seed', async (workload) => {
    const run = await (await load()).prepare(workload);
    const results = await Promise.all([0, 3, 40].map(run));
    expect(results).toEqual(await Promise.all([0, 3, 40].map((seed) => expectedResult(workload, seed))));
  });

  it('holds all runs whose middle node waits, and finishes them when it may', async () => {
    const open: (() => void)[] = [];
    const gated = diamond(async ([value = 0]) => {
      await new Promise<void>((resolve) => open.push(resolve));
      return value + 1;
    });
    const run = await (await load()).prepare(gated);
    let settled = 0;
    const runs = [5, 6, 7].map((seed) => run(seed).finally(() => (settled += 1)));
    while (open.length < 3) await new Promise((resolve) => setImmediate(resolve));
    expect(settled).toBe(0);
    for (const resolve of open) resolve();
    expect(await Promise.all(runs)).toEqual(
      await Promise.all([5, 6, 7].map((seed) => expectedResult(diamond(), seed))),
    );
  });
});
