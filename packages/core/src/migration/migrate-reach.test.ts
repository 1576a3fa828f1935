import { describe, expect, it } from '@jest/globals';
import { z } from 'zod';
import { makeAgent } from '../../test/make-agent.js';
import { ScriptedModel } from '../../test/scripted-model.js';
import { VirtualClock } from '../clock/virtual-clock.js';
import { Calls } from '../decorators/calls.js';
import type { JournalRecord } from '../events/event.js';
import { defineWorkflow, type Workflow, type WorkflowOptions } from '../graph/workflow.js';
import type { Journal, Lease } from '../journal/journal.js';
import { MemoryJournal } from '../journal/memory-journal.js';
import type { AgentClass } from '../metadata/agent-class.js';
import { Budget } from '../policies/budget.js';
import { createEspalier } from '../runtime/create-espalier.js';

type Options = Partial<WorkflowOptions<never, AgentClass>>;

const workflowOf = (version: number, output: AgentClass, options: Options = {}): Workflow<unknown, unknown> =>
  defineWorkflow({ name: 'w', version, output, ...options }) as Workflow<unknown, unknown>;

function runtimeOf(workflows: readonly Workflow<unknown, unknown>[], store: Journal, model?: ScriptedModel) {
  const models = model === undefined ? {} : { models: { default: model } };
  return createEspalier({
    workflows,
    store: store as MemoryJournal,
    clock: new VirtualClock(),
    recovery: false,
    ...models,
  });
}

async function until(holds: () => boolean): Promise<void> {
  for (let turns = 0; turns < 1000 && !holds(); turns++) await new Promise((resolve) => setImmediate(resolve));
}

/** A run of version 1 that was parked while it waited. */
async function parked(
  workflow: Workflow<unknown, unknown>,
  store: Journal,
  others: Workflow<unknown, unknown>[] = [],
  model?: ScriptedModel,
) {
  const espalier = await runtimeOf([workflow, ...others], store, model);
  const run = espalier.start(workflow, null, { runId: 'r1' });
  await until(() => run.status === 'suspended');
  await espalier.drain();
}

describe('what a migrated run has used', () => {
  /** Asks the model as often as it is told, then waits. */
  const asking = (name: string, calls: number) =>
    makeAgent(
      name,
      [],
      async (_inputs, ctx) => {
        for (let call = 0; call < calls; call++) await ctx.generate('ask');
        return ctx.waitFor('approve', z.string());
      },
      [Budget({ modelCalls: 2 }) as never],
      { instructions: 'You answer.' },
    );
  const said = () => new ScriptedModel('a', 'b', 'c', 'd');

  async function migrated(name: string, limit: number, keep: readonly string[]) {
    const store = new MemoryJournal();
    await parked(workflowOf(1, asking('node', 2), { budget: { modelCalls: limit } }), store, [], said());
    const after = workflowOf(2, asking(name, 2), { budget: { modelCalls: limit }, migrate: () => ({ keep }) });
    const espalier = await runtimeOf([after], store, said());
    const run = await espalier.resume('r1');
    await until(() => run.status !== 'running');
    if (run.status === 'suspended') await espalier.signal('r1', 'approve', 'yes');
    return run.outcome;
  }

  it('counts in the budget of the run, also for a node that runs anew, whose own budget is whole again', async () => {
    const enough = await migrated('node', 4, []);
    expect([enough.status, enough.usage.modelCalls]).toEqual(['completed', 4]);
    const spent = await migrated('node', 3, []);
    expect(spent.status).toBe('budget_exceeded');
    expect(spent.error).toMatchObject({ message: expect.stringContaining("The budget of run 'r1'") });
  });

  it('counts in the budget of a node that is kept', async () => {
    const kept = await migrated('node', 2, ['node']);
    expect([kept.status, kept.usage.modelCalls]).toEqual(['completed', 2]);
  });
});

describe('child runs of a migrated run', () => {
  it('are called anew by a node that runs anew, and are those of before where it is kept', async () => {
    const inputs: unknown[] = [];
    const child = defineWorkflow({
      name: 'child',
      version: 1,
      output: makeAgent('c', [], async ([input], ctx) => ctx.step('count', () => inputs.push(input))),
    }) as Workflow<unknown, unknown>;
    const calling = (name: string, version: number) =>
      makeAgent(
        name,
        [],
        async (_inputs, ctx) => [await ctx.call(child, `from ${version}`), await ctx.waitFor('ok', z.string())],
        [Calls(child, { max: 1 }) as never],
      );
    const store = new MemoryJournal();
    await parked(
      workflowOf(
        1,
        makeAgent('end', [calling('a', 1), calling('b', 1)], (all) => all),
      ),
      store,
      [child],
    );
    const both = makeAgent('end', [calling('a', 2), calling('b', 2)], (all) => all);
    const after = workflowOf(2, both, { migrate: () => ({ keep: ['a'] }) });
    const espalier = await runtimeOf([after, child], store);
    const run = await espalier.resume('r1');
    await until(() => run.suspensions.length === 2);
    for (const node of ['a', 'b']) await espalier.signal('r1', 'ok', 'yes', { node });
    await expect(run.result).resolves.toEqual([
      [1, 'yes'],
      [3, 'yes'],
    ]);
    expect(inputs).toEqual(['from 1', 'from 1', 'from 2']);
    expect((await espalier.list({ parent: 'r1' })).map(({ runId }) => runId)).toEqual([
      'r1/a/call:child[1]',
      'r1/b/call:child[1]',
      'r1/b@v2/call:child[1]',
    ]);
    expect((await espalier.replay('r1')).diverged).toBeUndefined();
  });
});

/** A journal whose disk is full when a migration is to be kept. */
class Failing extends MemoryJournal {
  isFull = true;

  override append(lease: Lease, record: JournalRecord): void {
    if (this.isFull && record.type === 'run-migrate') throw new Error('the disk is full');
    super.append(lease, record);
  }
}

describe('a crash at a migration', () => {
  const waiting = (name: string) => makeAgent(name, [], (_inputs, ctx) => ctx.waitFor('ok', z.string()));
  const after = (asked: () => void) =>
    workflowOf(2, waiting('new'), {
      migrate: () => {
        asked();
        return { keep: { new: 'old' } };
      },
    });

  it('before its record is kept leaves the run as it was, and the next process migrates it', async () => {
    const store = new Failing();
    await parked(workflowOf(1, waiting('old')), store);
    const before = store.read('r1');
    let asked = 0;
    const workflow = after(() => {
      asked += 1;
    });
    const failing = await runtimeOf([workflow], store);
    await expect(failing.resume('r1')).rejects.toThrow('the disk is full');
    expect(store.read('r1')).toEqual(before);
    expect(store.find('r1')).toMatchObject({ owned: false });
    store.isFull = false;
    const espalier = await runtimeOf([workflow], store);
    const run = await espalier.resume('r1');
    await espalier.signal('r1', 'ok', 'yes');
    await expect(run.result).resolves.toBe('yes');
    expect(asked).toBe(2);
  });

  it('right after its record is kept finds it migrated', async () => {
    const store = new MemoryJournal();
    await parked(workflowOf(1, waiting('old')), store);
    let asked = 0;
    const workflow = after(() => {
      asked += 1;
    });
    const first = await runtimeOf([workflow], store);
    await first.resume('r1');
    await first.drain();
    const records = store.read('r1');
    const upTo = records.findIndex(({ type }) => type === 'run-migrate') + 1;
    const crashed = new MemoryJournal();
    crashed.release(crashed.create(records[0] as never, 'dead', records.slice(1, upTo) as JournalRecord[]));
    const espalier = await runtimeOf([workflow], crashed);
    const run = await espalier.resume('r1');
    await espalier.signal('r1', 'ok', 'yes');
    await expect(run.result).resolves.toBe('yes');
    expect(asked).toBe(1);
    expect(crashed.read('r1').filter(({ type }) => type === 'run-migrate')).toHaveLength(1);
    expect(crashed.read('r1').map(({ seq }) => seq)).toEqual(crashed.read('r1').map((_, seq) => seq));
  });
});
