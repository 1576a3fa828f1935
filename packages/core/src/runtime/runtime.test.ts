import { describe, expect, it } from '@jest/globals';
import { makeAgent } from '../../test/make-agent.js';
import { VirtualClock } from '../clock/virtual-clock.js';
import { ForEach } from '../decorators/for-each.js';
import { Repeat } from '../decorators/repeat.js';
import { When } from '../decorators/when.js';
import type { EspalierError } from '../errors/espalier-error.js';
import { defineWorkflow, type Workflow } from '../graph/workflow.js';
import { MemoryJournal } from '../journal/memory-journal.js';
import { each } from '../metadata/dependency.js';
import { createEspalier } from './create-espalier.js';

const workflowOf = (name: string, output: ReturnType<typeof makeAgent>, version = 1): Workflow<unknown, unknown> =>
  defineWorkflow({ name, version, output }) as Workflow<unknown, unknown>;

const one = workflowOf(
  'one',
  makeAgent('n', [], () => 1),
);

describe('a runtime', () => {
  it('starts registered workflows only, and names them', async () => {
    const espalier = await createEspalier({ workflows: [one] });
    const other = workflowOf(
      'other',
      makeAgent('n', [], () => 1),
      2,
    );
    expect(() => espalier.start(other, null)).toThrow(
      expect.objectContaining({
        code: 'workflow-unknown',
        message: "Workflow 'other' version 2 is not registered; registered: one@1.",
        hint: 'Add it to `workflows` of createEspalier.',
      }),
    );
    expect(() => espalier.describe(other)).toThrow("Workflow 'other' version 2 is not registered");
  });

  it('rejects what run() cannot start, as it gives a promise', async () => {
    const espalier = await createEspalier({ workflows: [one] });
    await espalier.drain();
    await expect(espalier.run(one, null).catch((error: EspalierError) => error.code)).resolves.toBe('runtime-closed');
  });

  it('refuses to resume a run whose workflow it does not have, and gives the run back', async () => {
    const store = new MemoryJournal();
    const clock = new VirtualClock();
    const nap = workflowOf(
      'nap',
      makeAgent('n', [], (_inputs, ctx) => ctx.sleep(1000)),
    );
    const first = await createEspalier({ workflows: [nap], store, clock });
    const run = first.start(nap, null);
    await clock.advance(1);
    await first.drain();
    const second = await createEspalier({ workflows: [one], store, clock });
    await expect(second.resume(run.id)).rejects.toMatchObject({
      code: 'workflow-unknown',
      message: `Run '${run.id}' is of workflow 'nap' version 1, which is not registered.`,
      hint: 'Register that version of the workflow.',
    });
    expect(store.find(run.id)).toMatchObject({ owned: false });
  });

  it('refuses to resume what has ended and what never was, and gives what runs here already', async () => {
    const store = new MemoryJournal();
    const nap = workflowOf(
      'nap',
      makeAgent('n', [], (_inputs, ctx) => ctx.sleep(1e6)),
    );
    const espalier = await createEspalier({ workflows: [one, nap], store, owner: 'me' });
    const ended = espalier.start(one, null);
    await ended.result;
    await expect(espalier.resume(ended.id)).rejects.toMatchObject({
      code: 'run-settled',
      message: `Run '${ended.id}' has already ended.`,
    });
    await expect(espalier.resume('never')).rejects.toMatchObject({
      code: 'run-unknown',
      message: "There is no run 'never' in this journal.",
    });
    const running = espalier.start(nap, null);
    await new Promise((resolve) => setImmediate(resolve));
    expect(await espalier.resume(running.id)).toBe(running);
    running.cancel();
    await running.outcome;
  });

  it('takes nothing new once it is drained, and drains at once when it is drained again', async () => {
    const espalier = await createEspalier({ workflows: [one] });
    await expect(espalier.drain()).resolves.toEqual([]);
    expect(() => espalier.start(one, null)).toThrow(
      expect.objectContaining({
        code: 'runtime-closed',
        message: "start('one'): the runtime is drained and takes no new runs.",
      }),
    );
    await expect(espalier.resume('any')).rejects.toMatchObject({
      code: 'runtime-closed',
      message: "resume('any'): the runtime is drained.",
    });
    await expect(espalier.drain()).resolves.toEqual([]);
  });

  it('lets what runs finish when it is drained', async () => {
    let finish: (value: string) => void = () => {};
    const slow = workflowOf(
      'slow',
      makeAgent('n', [], () => new Promise((resolve) => (finish = resolve))),
    );
    const espalier = await createEspalier({ workflows: [slow] });
    const run = espalier.start(slow, null);
    await new Promise((resolve) => setImmediate(resolve));
    const drained = espalier.drain();
    finish('finished');
    await expect(drained).resolves.toEqual([]);
    await expect(run.result).resolves.toBe('finished');
  });

  it('lists runs, ended and not', async () => {
    const espalier = await createEspalier({ workflows: [one], owner: 'me', clock: new VirtualClock() });
    const run = espalier.start(one, null);
    await run.result;
    expect(await espalier.list()).toEqual([
      expect.objectContaining({ runId: run.id, workflow: 'one', version: 1, ended: true, owned: false }),
    ]);
  });
});

describe('how a run fails', () => {
  const causeOf = async (output: ReturnType<typeof makeAgent>): Promise<EspalierError> => {
    const workflow = workflowOf('test', output);
    const espalier = await createEspalier({ workflows: [workflow] });
    const { error } = await espalier.start(workflow, null).outcome;
    return (error as { cause?: EspalierError }).cause ?? (error as EspalierError);
  };

  it('says so when its output agent was skipped', async () => {
    const gate = makeAgent('gate', [], () => false);
    const error = await causeOf(
      makeAgent('output', [], () => 1, [When(gate as never, (open: unknown) => open === true)]),
    );
    expect(error.code).toBe('output-skipped');
    expect(error.message).toMatch(
      /^Run '.+' of workflow 'test' has no result: its output agent 'output' was skipped\.$/,
    );
  });

  it('refuses more items than were allowed, and says what to write', async () => {
    const plan = makeAgent('plan', [], () => [1, 2, 3]);
    const item = makeAgent('item', [], () => 1, [ForEach(plan, { items: (x) => x as unknown as number[], max: 2 })]);
    const error = await causeOf(makeAgent('output', [each(item)], () => 1));
    expect([error.code, error.message, error.hint]).toEqual([
      'fan-out-exceeded',
      "Node 'item' got 3 items; its `max` is 2.",
      'Write @ForEach(…, { max: 3 }) if that many are wanted, or give it fewer items.',
    ]);
  });

  it('fails a repeat that never will do, and says how to keep the last output', async () => {
    const error = await causeOf(makeAgent('n', [], () => 1, [Repeat({ until: () => false, max: 2 }) as never]));
    expect([error.code, error.message, error.hint]).toEqual([
      'repeat-exhausted',
      "Node 'n' ran 2 times and its condition still does not hold.",
      "Raise `max`, loosen `until`, or write @Repeat({ otherwise: 'keep-last' }) to go on with the last output.",
    ]);
  });
});
