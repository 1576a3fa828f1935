import { randomBytes } from 'node:crypto';
import { Agent, createEspalier, defineWorkflow, type RunContext } from '@espalier/core';
import { describe, expect, it } from '@jest/globals';
import { z } from 'zod';
import { sqlite } from '../src/index.js';
import { newFile } from './new-file.js';
import { openFile } from './open-file.js';

@Agent()
class Refund {
  async run({ card }: { card: string }, ctx: RunContext): Promise<string> {
    await ctx.waitFor('approval', z.boolean(), { request: { card } });
    return ctx.step('pay', () => `paid back to ${card}`);
  }
}

const Input = z.object({ card: z.string().meta({ sensitive: true }) });
const refund = defineWorkflow({ name: 'refund', version: 1, input: Input, output: Refund });

async function opened(file: string, key: Uint8Array | undefined) {
  const store = sqlite(file, key === undefined ? {} : { key });
  const espalier = await createEspalier({ workflows: [refund], store, owner: 'desk' });
  return { espalier, close: () => espalier.drain().then(() => store.close()) };
}

/** A run that has ended, on disk. */
async function refunded(key: Uint8Array | undefined): Promise<string> {
  const file = newFile();
  const { espalier, close } = await opened(file, key);
  const run = espalier.start(refund, { card: '4111-1111' }, { runId: 'r1', identity: { user: 'ann' } });
  for await (const { type } of run) {
    if (type === 'run-suspend') await espalier.signal('r1', 'approval', true, { by: { user: 'bob' } });
  }
  await close();
  return file;
}

function tamper(file: string, statement: string): void {
  const database = openFile(file);
  expect(Number(database.prepare(statement).run().changes)).toBeGreaterThan(0);
  database.close();
}

describe.each([
  ['without a key', undefined],
  ['with a key', randomBytes(32)],
])('an audit of a run on disk, %s', (_, key) => {
  it('tells who answered what, with sensitive data masked, and that nothing was changed', async () => {
    const { espalier, close } = await opened(await refunded(key), key);
    const audit = await espalier.audit('r1');
    expect(audit).toMatchObject({
      status: 'completed',
      identity: { user: 'ann' },
      input: { card: '[sensitive]' },
      output: 'paid back to [sensitive]',
      holders: [{ owner: 'desk' }],
      questions: [{ request: { card: '[sensitive]' }, answer: { by: { user: 'bob' }, value: true } }],
      chain: { faults: [], head: expect.any(String) },
    });
    expect((await espalier.audit('r1', { reveal: true })).output).toBe('paid back to 4111-1111');
    await close();
  });

  it.each([
    [
      'a record that was changed',
      `UPDATE records SET body = (SELECT body FROM records WHERE seq = 1) WHERE seq = 3`,
      3,
    ],
    ['a record that was taken away', 'DELETE FROM records WHERE seq = 3', 3],
    ['a first record that was taken away', 'DELETE FROM records WHERE seq = 0', 0],
  ])('names %s', async (_what, statement, seq) => {
    const file = await refunded(key);
    tamper(file, statement);
    const { espalier, close } = await opened(file, key);
    const audit = await espalier.audit('r1');
    expect(audit.chain?.faults[0]).toMatchObject({ seq });
    expect(String(audit)).toContain('NOT AS IT WAS WRITTEN');
    // The rest is told, and nothing that cannot be trusted.
    expect(audit).toMatchObject({ workflow: { name: 'refund', version: 1 }, output: 'paid back to [sensitive]' });
    expect(audit.identity).toEqual(seq === 0 ? undefined : { user: 'ann' });
    expect(audit.questions.map(({ answer }) => answer?.by)).toEqual([{ user: 'bob' }]);
    expect(audit.steps).toHaveLength(1);
    await close();
  });
});
