import {
  createEspalier,
  defineWorkflow,
  type Event,
  MemoryJournal,
  type OpenQuestion,
  type QuestionFilter,
  type RunContext,
  Timeout,
  VirtualClock,
  type Workflow,
} from '@espalier/core';
import { describe, expect, it } from '@jest/globals';
import { z } from 'zod';
import { until } from '../../test/build.js';
import { makeAgent } from '../../test/make-agent.js';

const workflowOf = (name: string, output: ReturnType<typeof makeAgent>): Workflow =>
  defineWorkflow({ name, version: 1, output }) as Workflow;

const asking = workflowOf(
  'asking',
  makeAgent('asker', [], async (_inputs, ctx: RunContext) => {
    const first = await ctx.waitFor('first', z.boolean(), { request: { what: 'this?' } });
    return [first, await ctx.waitFor('second', z.boolean(), { timeout: '1h' })];
  }),
);

async function place(workflows: readonly Workflow[]) {
  const store = new MemoryJournal();
  const clock = new VirtualClock();
  const begin = (of = workflows) => createEspalier({ workflows: of, store, clock, recovery: false });
  const waits = (runId: string, signal: string) =>
    until(() => {
      const isIt = (event: Event) => event.type === 'node-suspend' && event.signal === signal;
      return store.find(runId) !== undefined && store.read(runId).some(isIt);
    });
  return { store, clock, begin, waits, espalier: await begin() };
}

async function all(
  espalier: { questions(filter?: QuestionFilter): AsyncIterable<OpenQuestion> },
  filter?: QuestionFilter,
) {
  const found: OpenQuestion[] = [];
  for await (const question of espalier.questions(filter)) found.push(question);
  return found;
}

describe('questions', () => {
  it('are those of all runs that have not ended, whoever holds them and whatever is registered', async () => {
    const other = workflowOf(
      'other',
      makeAgent('n', [], (_inputs, ctx: RunContext) => ctx.waitFor('approval', z.boolean())),
    );
    const { clock, begin, waits, espalier } = await place([asking, other]);
    for (const runId of ['a', 'b']) espalier.start(asking, undefined, { runId }).result.catch(() => {});
    espalier.start(other, undefined, { runId: 'c' }).result.catch(() => {});
    await waits('a', 'first');
    await waits('b', 'first');
    await waits('c', 'approval');
    const askedAt = clock.now();
    const first = { workflow: 'asking', node: 'asker', signal: 'first', request: { what: 'this?' }, askedAt };
    const reader = await begin([asking]);
    expect(await all(reader)).toEqual([
      { runId: 'a', ...first },
      { runId: 'b', ...first },
      { runId: 'c', workflow: 'other', node: 'n', signal: 'approval', askedAt },
    ]);

    await clock.advance('1m');
    await espalier.signal('a', 'first', true);
    await waits('a', 'second');
    await espalier.cancel('c');
    const second = { workflow: 'asking', node: 'asker', signal: 'second', askedAt: clock.now() };
    const expected = [
      { runId: 'a', ...second, until: clock.now() + 3_600_000 },
      { runId: 'b', ...first },
    ];
    expect(await all(reader)).toEqual(expected);
    await espalier.drain(); // then nobody holds them
    expect(await all(reader, { workflow: 'asking', newest: true })).toEqual(expected.toReversed());
    expect(await all(reader, { workflow: 'other' })).toEqual([]);
  });

  it('are not those that an answer waits for, though the run has not seen it', async () => {
    const { store, waits, espalier } = await place([asking]);
    espalier.start(asking, undefined, { runId: 'a' }).result.catch(() => {});
    await waits('a', 'first');
    await espalier.drain();
    const asked = store.read('a').find(({ type }) => type === 'node-suspend') as { node: string; step: string };
    store.answer('a', { node: asked.node, step: asked.step, value: true });
    expect(await all(espalier)).toEqual([]);
  });

  it('are over with the node that asked', async () => {
    const asker = makeAgent('asker', [], (_inputs, ctx: RunContext) => ctx.waitFor('first', z.boolean()), [
      Timeout('1m'),
    ]);
    const slow = makeAgent('slow', [], (_inputs, ctx: RunContext) => ctx.waitFor('other', z.boolean()));
    const both = workflowOf(
      'both',
      makeAgent('both', [asker, slow], () => 1),
    );
    const { clock, waits, espalier } = await place([both]);
    espalier.start(both, undefined, { runId: 'a' }).result.catch(() => {});
    await waits('a', 'first');
    await waits('a', 'other');
    expect((await all(espalier)).map(({ signal }) => signal)).toEqual(['first', 'other']);
    await clock.advance('2m');
    expect((await all(espalier)).map(({ signal }) => signal)).toEqual(['other']);
    await espalier.drain();
  });

  it('of a run that cannot be read keep nobody from those of the others; a store that fails does', async () => {
    const { store, waits, espalier } = await place([asking]);
    for (const runId of ['a', 'b']) espalier.start(asking, undefined, { runId }).result.catch(() => {});
    await waits('a', 'first');
    await waits('b', 'first');
    const read = store.read.bind(store);
    store.read = (runId, from) => read(runId === 'a' ? 'gone' : runId, from);
    expect((await all(espalier)).map(({ runId }) => runId)).toEqual(['b']);
    store.read = () => {
      throw new Error('the disk is gone');
    };
    await expect(all(espalier)).rejects.toThrow('the disk is gone');
    store.read = read;
    await espalier.drain();
  });
});

describe('a signal that nobody waits for', () => {
  it('is told what is waited for instead, and where', async () => {
    const { store, waits, espalier } = await place([asking]);
    espalier.start(asking, undefined, { runId: 'a' }).result.catch(() => {});
    await waits('a', 'first');
    await expect(espalier.signal('a', 'frist', true)).rejects.toMatchObject({
      code: 'signal-unknown',
      message: "No node of run 'a' waits for 'frist'; it waits for 'first'.",
      hint: "Write signal('a', 'first', value, { node: 'asker' }).",
    });
    await expect(espalier.signal('a', 'first', true, { node: 'writer' })).rejects.toMatchObject({
      code: 'signal-unknown',
      message: "Node 'writer' of run 'a' does not wait for 'first'; the run waits for 'first' at 'asker'.",
    });
    await espalier.cancel('a');
    await expect(espalier.signal('a', 'frist', true)).rejects.toMatchObject({
      message: "No node of run 'a' waits for 'frist'; it waits for nothing.",
      hint: "Nobody is asked anything just now: see what the run does, with espalier.history('a').",
    });
    expect(store.find('a')).toMatchObject({ owned: false });
  });
});
