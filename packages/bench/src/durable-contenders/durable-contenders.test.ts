import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import type { ContenderInfo, DurableContender } from '../contender.js';
import { contenders } from '../contenders/index.js';

type Loadable = ContenderInfo & { readonly loadDurable: () => Promise<DurableContender> };

describe.each(contenders.filter((each): each is Loadable => each.loadDurable !== undefined))('$name', (contender) => {
  let folder: string;
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'espalier-bench-'));
  });
  afterEach(() => rmSync(folder, { recursive: true, force: true }));

  it('gives each run its own result', async () => {
    const chain = await (await contender.loadDurable()).openChain(folder, 4, async (value) => value + 1);
    expect(await Promise.all([chain.start('a', 3), chain.start('b', 40)])).toEqual([7, 44]);
  });
});
