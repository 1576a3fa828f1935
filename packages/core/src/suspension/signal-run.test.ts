import {
  createEspalier,
  defineWorkflow,
  each,
  ForEach,
  type JournalRecord,
  type Lease,
  MemoryJournal,
  optional,
  type RunContext,
  Timeout,
  VirtualClock,
} from '@espalier/core';
import { describe, expect, it } from '@jest/globals';
import { z } from 'zod';
import { makeAgent } from '../../test/make-agent.js';

const asker = makeAgent('asker', [], (_inputs, ctx: RunContext) => ctx.waitFor('approval', z.boolean()));
const workflow = defineWorkflow({ name: 'test', version: 1, output: asker });

/** A run in which one of two nodes gives up waiting after a second. */
async function withHastyNode(store: MemoryJournal) {
  const clock = new VirtualClock();
  const waits = (_inputs: unknown, ctx: RunContext) => ctx.waitFor('approval', z.boolean());
  const hasty = makeAgent('hasty', [], waits, [Timeout('1s')]);
  const slow = makeAgent('slow', [], (_inputs, ctx: RunContext) => ctx.sleep('1h'));
  const last = makeAgent('last', [optional(hasty), slow], () => 'over');
  const own = defineWorkflow({ name: 'own', version: 1, output: last });
  const espalier = await createEspalier({ workflows: [own], clock, store });
  const run = espalier.start(own, null, { runId: 'r1' });
  await clock.advance('2s');
  return { clock, espalier, run };
}

/** Resolves when the run rests. */
async function started(store = new MemoryJournal()) {
  const espalier = await createEspalier({ workflows: [workflow], store });
  const run = espalier.start(workflow, null, { runId: 'r1' });
  await new Promise<void>((resolve) => {
    run.events$.subscribe(({ type }) => type === 'run-suspend' && resolve());
  });
  return { espalier, run, store };
}

describe('an answer', () => {
  it('can be given as soon as the run tells that it rests', async () => {
    const espalier = await createEspalier({ workflows: [workflow] });
    const run = espalier.start(workflow, null);
    const seen: unknown[] = [];
    run.events$.subscribe(({ type }) => {
      if (type !== 'run-suspend') return;
      seen.push(run.status, run.suspensions);
      void espalier.signal(run.id, 'approval', true);
    });

    await expect(run.result).resolves.toBe(true);
    expect(seen).toEqual(['suspended', [{ node: 'asker', signal: 'approval', request: undefined }]]);
  });

  it('given at once after resume waits until the node is there again', async () => {
    const { espalier, run, store } = await started();
    run.result.catch(() => {});
    await espalier.drain();
    const other = await createEspalier({ workflows: [workflow], store });
    const resumed = await other.resume('r1');
    await other.signal('r1', 'approval', true);
    await expect(resumed.result).resolves.toBe(true);
  });

  it('does not wait for ever: a node that fails before it is there again is told of', async () => {
    let broken = false;
    const fragile = makeAgent('fragile', [], async (_inputs, ctx: RunContext) => {
      if (broken) throw new Error('broken');
      return ctx.waitFor('approval', z.boolean());
    });
    const own = defineWorkflow({ name: 'own', version: 1, output: fragile });
    const store = new MemoryJournal();
    const first = await createEspalier({ workflows: [own], store });
    const run = first.start(own, null, { runId: 'r1' });
    run.result.catch(() => {});
    await new Promise((resolve) => setImmediate(resolve));
    await first.drain();
    broken = true;
    const other = await createEspalier({ workflows: [own], store });
    const resumed = await other.resume('r1');
    await expect(other.signal('r1', 'approval', true)).rejects.toMatchObject({ code: 'signal-answered' });
    expect((await resumed.outcome).status).toBe('failed');
  });

  it('to a run that has ended without one comes too late', async () => {
    const { espalier, run } = await started();
    run.cancel();
    await run.outcome;

    await expect(espalier.signal('r1', 'approval', true)).rejects.toMatchObject({
      code: 'signal-answered',
      message: "The answer to 'approval' of run 'r1' comes too late: the run has ended.",
    });
  });

  it('to a node that has failed meanwhile comes too late, while its run goes on', async () => {
    const { clock, espalier, run } = await withHastyNode(new MemoryJournal());

    await expect(espalier.signal('r1', 'approval', true)).rejects.toMatchObject({
      code: 'signal-answered',
      message: "The answer to 'approval' of run 'r1' comes too late: node 'hasty' does not wait for it any more.",
    });
    await clock.advance('2h');
    await expect(run.result).resolves.toBe('over');
  });

  it('comes too late where the failure of the node is about to be kept', async () => {
    let keep = () => {};
    const store = new (class extends MemoryJournal {
      override append(lease: Lease, record: JournalRecord) {
        if (record.type !== 'node-end' || record.node !== 'hasty') return super.append(lease, record);
        return new Promise<void>((resolve) => {
          keep = resolve;
        }).then(() => super.append(lease, record));
      }
    })();
    const { espalier, run } = await withHastyNode(store);
    const answer = espalier.signal('r1', 'approval', true);
    await new Promise((resolve) => setImmediate(resolve));
    keep();

    await expect(answer).rejects.toMatchObject({ code: 'signal-answered' });
    run.cancel();
  });

  it('finds the one item that waits, in a run that nobody holds', async () => {
    const list = makeAgent('list', [], () => 'two');
    const waits = (_inputs: unknown, ctx: RunContext) => ctx.waitFor('approval', z.string());
    const item = makeAgent('item', [], waits, [ForEach(list, { items: () => [1, 2], max: 2 })]);
    const all = makeAgent('all', [each(item)], ([answers]) => answers);
    const own = defineWorkflow({ name: 'own', version: 1, output: all });
    const store = new MemoryJournal();
    const first = await createEspalier({ workflows: [own], store });
    first.start(own, null, { runId: 'r1' }).result.catch(() => {});
    await new Promise((resolve) => setImmediate(resolve));
    await first.signal('r1', 'approval', 'second', { node: 'item[1]' });
    await first.drain();

    const other = await createEspalier({ workflows: [own], store, recovery: false });
    await other.signal('r1', 'approval', 'first');
    await other.drain();
    expect((await other.history('r1')).at(-1)).toMatchObject({ type: 'run-end', output: ['first', 'second'] });
  });
});
