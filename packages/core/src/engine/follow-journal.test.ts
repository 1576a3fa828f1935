import { createEspalier, defineWorkflow, type Event, MemoryJournal, type RunContext } from '@espalier/core';
import { describe, expect, it } from '@jest/globals';
import { z } from 'zod';
import { makeAgent } from '../../test/make-agent.js';

const asker = makeAgent('asker', [], (_inputs, ctx: RunContext) => ctx.waitFor('approval', z.boolean()));
const workflow = defineWorkflow({ name: 'asking', version: 1, output: asker });

describe('events of a run that another process holds', () => {
  it('come while it goes on, and after it has come to a third process, until its end', async () => {
    const store = new MemoryJournal();
    const create = () => createEspalier({ workflows: [workflow], store, recovery: false });
    const [one, other, reader] = [await create(), await create(), await create()];
    const run = one.start(workflow, undefined, { runId: 'r1' });
    run.result.catch(() => {});
    await new Promise<void>((resolve) => {
      run.events$.subscribe(({ type }) => type === 'run-suspend' && resolve());
    });
    const seen: Event[] = [];
    const ended = new Promise<void>((resolve, reject) => {
      reader.events('r1', 1).subscribe({ next: (event) => seen.push(event), complete: resolve, error: reject });
    });
    await one.drain();
    await (await other.resume('r1')).suspensions;
    await other.signal('r1', 'approval', true);
    await ended;
    expect(seen.map(({ seq }) => seq)).toEqual(seen.map((_, index) => index + 1));
    expect(seen.map(({ type }) => type)).toEqual(store.read('r1', 1).map(({ type }) => type));
  });

  it('are those on record where the journal cannot tell of more', async () => {
    const store = new MemoryJournal();
    Object.defineProperty(store, 'onAppend', { value: undefined });
    const create = () => createEspalier({ workflows: [workflow], store, recovery: false });
    const [one, reader] = [await create(), await create()];
    const run = one.start(workflow, undefined, { runId: 'r1' });
    run.result.catch(() => {});
    await new Promise<void>((resolve) => {
      run.events$.subscribe(({ type }) => type === 'run-suspend' && resolve());
    });
    const seen: string[] = [];
    await new Promise<void>((resolve, reject) => {
      reader.events('r1').subscribe({ next: ({ type }) => seen.push(type), complete: resolve, error: reject });
    });
    expect(seen.at(-1)).toBe('run-suspend');
    await one.drain();
  });

  it('complete at once for a reader that has had the end already', async () => {
    const store = new MemoryJournal();
    const plain = defineWorkflow({ name: 'plain', version: 1, output: makeAgent('plain', [], () => 1) });
    const one = await createEspalier({ workflows: [plain], store });
    await one.run(plain, undefined, { runId: 'r1' });
    const from = store.read('r1').length;
    const seen: Event[] = [];
    let isComplete = false;
    one.events('r1', from).subscribe({ next: (event) => seen.push(event), complete: () => (isComplete = true) });
    expect({ isComplete, seen }).toEqual({ isComplete: true, seen: [] });
    await one.drain();
  });

  it('cannot be had of a run that is not there', async () => {
    const reader = await createEspalier({ workflows: [workflow] });
    const error = new Promise((resolve) => {
      reader.events('r9').subscribe({ error: resolve });
    });
    expect(await error).toMatchObject({ code: 'run-unknown' });
  });
});
