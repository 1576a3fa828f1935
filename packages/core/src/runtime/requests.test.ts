import {
  Calls,
  createEspalier,
  defineWorkflow,
  type Espalier,
  MemoryJournal,
  type RunContext,
  type RunStartEvent,
  VirtualClock,
  type Workflow,
} from '@espalier/core';
import { describe, expect, it } from '@jest/globals';
import { z } from 'zod';
import { makeAgent } from '../../test/make-agent.js';

const asker = makeAgent('asker', [], (_inputs, ctx: RunContext) => ctx.waitFor('approval', z.boolean()));
const workflow = defineWorkflow({ name: 'asking', version: 1, output: asker });

/** Two processes on one store: the first has started a run that waits. */
async function twoProcesses({
  store = new MemoryJournal(),
  clock = new VirtualClock(),
  of = workflow as Workflow,
} = {}) {
  const create = (): Promise<Espalier> => createEspalier({ workflows: [of], store, clock });
  const [one, other] = [await create(), await create()];
  const run = one.start(of, undefined, { runId: 'r1' });
  run.result.catch(() => {});
  await new Promise<void>((resolve) => {
    run.events$.subscribe(({ type }) => type === 'run-suspend' && resolve());
  });
  return { one, other, run, store, clock };
}

describe('signal', () => {
  it('reaches the process that holds the run, and is checked there', async () => {
    const { other, run } = await twoProcesses();
    await expect(other.signal('r1', 'approval', 'perhaps')).rejects.toMatchObject({ code: 'signal-invalid' });
    expect(run.status).toBe('suspended');

    await other.signal('r1', 'approval', true, { by: { user: 'ada' } });
    await expect(run.result).resolves.toBe(true);
    await expect(other.signal('r1', 'approval', true)).rejects.toMatchObject({ code: 'signal-answered' });
  });

  it('goes on with a run that nobody holds', async () => {
    const { one, other, store } = await twoProcesses();
    await one.drain();
    await expect(other.signal('r1', 'approval', 'perhaps')).rejects.toMatchObject({ code: 'signal-invalid' });
    await other.signal('r1', 'approval', true);
    await other.drain();
    expect(store.read('r1').at(-1)).toMatchObject({ type: 'run-end', status: 'completed', output: true });
  });

  it('reaches a run that is just being taken over', async () => {
    const { one, other, store } = await twoProcesses();
    await one.drain();
    const resumed = other.resume('r1');
    await other.signal('r1', 'approval', true);
    await (await resumed).result;
    expect(store.read('r1').at(-1)).toMatchObject({ type: 'run-end', status: 'completed' });
  });

  it('is not lost on a holder that is drained meanwhile', async () => {
    const { one, other, store, clock } = await twoProcesses();
    const drained = one.drain();
    const asked = other.signal('r1', 'approval', true);
    asked.catch(() => {});
    await drained;
    await clock.advance('2s');
    await asked;
    await other.drain();
    expect(store.read('r1').at(-1)).toMatchObject({ type: 'run-end', status: 'completed', output: true });
  });

  it('takes over no run for a name that is misspelt', async () => {
    const { one, other, store } = await twoProcesses();
    await one.drain();
    await expect(other.signal('r1', 'aproval', true)).rejects.toMatchObject({
      code: 'signal-unknown',
      message: "No node of run 'r1' waits for 'aproval'; it waits for 'approval'.",
    });
    expect(store.find('r1')?.owned).toBe(false);
  });

  it('is told of where the store cannot ask the holder', async () => {
    const store = new MemoryJournal();
    Object.defineProperty(store, 'requests', { value: undefined });
    const { other } = await twoProcesses({ store });
    await expect(other.signal('r1', 'approval', true)).rejects.toMatchObject({
      code: 'run-owned',
      message: "Run 'r1' is held by another process, and its store cannot ask that process.",
    });
  });

  it('gives up where the holder does not reply, and leaves nothing behind that would be taken later', async () => {
    const { other, store, clock } = await twoProcesses();
    const [start, ...others] = store.read('r1');
    const deaf = store.create({ ...(start as RunStartEvent), runId: 'r2' }, 'a process that hangs');
    for (const record of others) store.append(deaf, { ...record, runId: 'r2' });
    const asked = other.signal('r2', 'approval', true);
    asked.catch(() => {});
    await clock.advance('31s');
    await expect(asked).rejects.toMatchObject({
      code: 'request-unanswered',
      message: "Run 'r2' is held by another process, which did not take the signal 'approval' within 30 s.",
    });
    const seen: unknown[] = [];
    store.requests.onRequest((posted) => seen.push(posted));
    expect(seen).toEqual([]);
  });

  it('knows of no other runs', async () => {
    const { other } = await twoProcesses();
    await expect(other.signal('r9', 'approval', true)).rejects.toMatchObject({ code: 'run-unknown' });
    await expect(other.cancel('r9')).rejects.toMatchObject({ code: 'run-unknown' });
  });
});

describe('a holder that gives the run back as it does what was asked', () => {
  /** Replies come so much later, or never. */
  async function lateReplies(delay: number) {
    const processes = await twoProcesses({ of: short });
    const { requests } = processes.store;
    const reply = requests.reply.bind(requests);
    requests.reply = (id, body) => void processes.clock.setTimer(delay, () => reply(id, body));
    return processes;
  }
  const short = defineWorkflow({ name: 'short', version: 1, output: asker }) as Workflow;

  it.each([100, 400, 600, 900])('has its reply told that comes %d ms later', async (delay) => {
    const { other, store, clock } = await lateReplies(delay);
    const asked = other.signal('r1', 'approval', true);
    asked.catch(() => {});
    await clock.advance('2s');
    await expect(asked).resolves.toBeUndefined();
    expect(store.find('r1')).toMatchObject({ status: 'completed', owned: false });
    const again = await lateReplies(delay);
    const cancelled = again.other.cancel('r1');
    cancelled.catch(() => {});
    await again.clock.advance('2s');
    await expect(cancelled).resolves.toBeUndefined();
    expect(again.store.find('r1')).toMatchObject({ status: 'cancelled', owned: false });
  });

  it('has cancelled the run, also where its reply is lost', async () => {
    const { other, clock } = await lateReplies(Number.POSITIVE_INFINITY);
    const cancelled = other.cancel('r1');
    cancelled.catch(() => {});
    await clock.advance('2s');
    await expect(cancelled).resolves.toBeUndefined();
    await expect(other.cancel('r1')).rejects.toMatchObject({ code: 'run-settled' });
  });

  it('is not hidden by a store that fails when the request is withdrawn, or once when it is asked for the run', async () => {
    const { other, store, clock } = await lateReplies(700);
    store.requests.withdraw = () => {
      throw new Error('the disk is full');
    };
    const find = store.find.bind(store);
    let finds = 0;
    store.find = (runId) => {
      finds += 1;
      if (finds === 2) throw new Error('the disk is gone');
      return find(runId);
    };
    const asked = other.signal('r1', 'approval', 'perhaps');
    asked.catch(() => {});
    await clock.advance('2s');
    await expect(asked).rejects.toMatchObject({ code: 'signal-invalid' });
    expect(finds).toBe(2);
  });
});

describe('cancel', () => {
  it('ends a run that this process holds', async () => {
    const { one, run } = await twoProcesses();
    await one.cancel('r1', 'no longer needed');
    expect(run.status).toBe('cancelled');
    await expect(run.result).rejects.toMatchObject({
      message: "Run 'r1' of workflow 'asking' was cancelled: no longer needed.",
    });
    await expect(one.cancel('r1')).rejects.toMatchObject({ code: 'run-settled' });
  });

  it('ends a run that another process holds', async () => {
    const { other, run } = await twoProcesses();
    await other.cancel('r1', 'no longer needed');
    expect(run.status).toBe('cancelled');
  });

  it('ends a run that nobody holds, and its child runs, without doing anything in them', async () => {
    let begun = 0;
    const inner = makeAgent('inner', [], (_inputs, ctx: RunContext) => {
      begun += 1;
      return ctx.waitFor('approval', z.boolean());
    });
    const child = defineWorkflow({ name: 'child', version: 1, output: inner });
    const caller = makeAgent('caller', [], (_inputs, ctx: RunContext) => ctx.call(child, undefined as never), [
      Calls(child, { max: 1 }),
    ]);
    const parent = defineWorkflow({ name: 'parent', version: 1, output: caller });
    const { one, store } = await twoProcesses({ of: parent });
    await one.drain();
    const stranger = await createEspalier({ workflows: [workflow], store, recovery: false });
    await stranger.cancel('r1', 'no longer needed');

    const ends = store.list().map(({ runId }) => store.read(runId).at(-1));
    expect(ends).toHaveLength(2);
    for (const end of ends) expect(end).toMatchObject({ type: 'run-end', status: 'cancelled' });
    expect(begun).toBe(1);
  });
});
