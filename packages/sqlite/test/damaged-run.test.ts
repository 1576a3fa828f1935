import { Agent, createEspalier, defineWorkflow, type RefusedRun, type RunContext } from '@espalier/core';
import { describe, expect, it } from '@jest/globals';
import { z } from 'zod';
import { sqlite } from '../src/index.js';
import { newFile } from './new-file.js';
import { openFile } from './open-file.js';

@Agent()
class Asks {
  run(_input: unknown, ctx: RunContext): Promise<boolean> {
    return ctx.waitFor('approval', z.boolean());
  }
}

const workflow = defineWorkflow({ name: 'asks', version: 1, output: Asks });

/** Three runs that wait for an answer and that nobody holds; what the file says of the first is damaged. */
async function damagedFile(): Promise<string> {
  const file = newFile();
  {
    await using store = sqlite(file);
    await using espalier = await createEspalier({ workflows: [workflow], store });
    for (const runId of ['r1', 'r2', 'r3']) {
      const run = espalier.start(workflow, null, { runId });
      run.result.catch(() => {});
      for await (const { type } of run) if (type === 'run-suspend' || type === 'run-end') break;
    }
  }
  const database = openFile(file);
  database.exec("UPDATE runs SET workflow = 'other' WHERE run_id = 'r1'");
  database.close();
  return file;
}

describe('a run of which the store says something else than was written', () => {
  it('is marked in lists, and keeps no other from them; to look for it alone is refused', async () => {
    await using store = sqlite(await damagedFile());
    expect(store.list().map(({ runId, damaged }) => [runId, damaged])).toEqual([
      ['r1', true],
      ['r2', undefined],
      ['r3', undefined],
    ]);
    expect(() => store.find('r1')).toThrow("What the store says of run 'r1' is damaged.");
  });

  it('is left alone by recovery, which tells of it and goes on with the others', async () => {
    await using store = sqlite(await damagedFile());
    await Promise.all(
      ['r2', 'r3'].map((id) => store.answer(id, { node: 'asks', step: 'signal:approval', value: true })),
    );
    const refused: RefusedRun[] = [];
    const recovery = { every: 10, onRefused: (run: RefusedRun) => refused.push(run) };
    await using espalier = await createEspalier({ workflows: [workflow], store, recovery });
    for (const id of ['r2', 'r3']) {
      await new Promise<void>((resolve, reject) => {
        espalier.events(id).subscribe({ complete: resolve, error: reject });
      });
    }
    await store.answer('r1', { node: 'asks', step: 'signal:approval', value: true }); // so that it could go on as well
    while (refused.length === 0) await new Promise((resolve) => setTimeout(resolve, 10));
    expect(refused.map(({ runId, error }) => [runId, error.code])).toEqual([['r1', 'store-failed']]);
    expect(store.list({ ended: true }).map(({ runId }) => runId)).toEqual(['r2', 'r3']);
  });
});
