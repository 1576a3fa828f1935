import { createEspalier, defineWorkflow, type Event, MemoryJournal, type RunContext } from '@espalier/core';
import { describe, expect, it } from '@jest/globals';
import type { Observable } from 'rxjs';
import { z } from 'zod';
import { makeAgent } from '../../test/make-agent.js';
import { SlowJournal } from '../../test/slow-journal.js';

const asker = makeAgent('asker', [], (_inputs, ctx: RunContext) => ctx.waitFor('approval', z.boolean()));
const workflow = defineWorkflow({ name: 'asking', version: 1, output: asker });

/** The type of the last event, once they are complete. */
const lastOf = (events: Observable<Event>): Promise<string | undefined> =>
  new Promise((resolve, reject) => {
    let last: string | undefined;
    events.subscribe({ next: ({ type }) => (last = type), complete: () => resolve(last), error: reject });
  });

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

  it.each([new MemoryJournal(), new SlowJournal(() => 2)])(
    'complete when their reader is drained, with what is on record',
    async (store) => {
      if (store instanceof SlowJournal) Object.assign(store, { onAppend: store.kept.onAppend.bind(store.kept) });
      const create = () => createEspalier({ workflows: [workflow], store, recovery: false });
      const [one, reader] = [await create(), await create()];
      const run = one.start(workflow, undefined, { runId: 'r1' });
      run.result.catch(() => {});
      await new Promise<void>((resolve) => {
        run.events$.subscribe(({ type }) => type === 'run-suspend' && resolve());
      });
      const followed = lastOf(reader.events('r1'));
      await reader.drain();
      expect(await followed).toBe('run-suspend');
      expect(await lastOf(reader.events('r1'))).toBe('run-suspend'); // what is on record can be read still
      const here = [lastOf(one.events('r1')), lastOf(run.events$)];
      await one.drain();
      expect(await Promise.all([...here, lastOf(run.events$)])).toEqual(Array(3).fill('run-suspend'));
    },
  );

  it('cannot be had of a run that is not there', async () => {
    const reader = await createEspalier({ workflows: [workflow] });
    const error = new Promise((resolve) => {
      reader.events('r9').subscribe({ error: resolve });
    });
    expect(await error).toMatchObject({ code: 'run-unknown' });
  });
});
