import { describe, expect, it } from '@jest/globals';
import { z } from 'zod';
import { makeAgent } from '../../test/make-agent.js';
import { VirtualClock } from '../clock/virtual-clock.js';
import { When } from '../decorators/when.js';
import type { EspalierError } from '../errors/espalier-error.js';
import { defineWorkflow, type Workflow, type WorkflowOptions } from '../graph/workflow.js';
import { MemoryJournal } from '../journal/memory-journal.js';
import type { AgentClass } from '../metadata/agent-class.js';
import { createEspalier } from '../runtime/create-espalier.js';
import type { EspalierOptions } from '../runtime/espalier-options.js';
import type { Migrate, RunToMigrate } from './migration.js';

type Options = Partial<WorkflowOptions<never, AgentClass>>;

const workflowOf = (version: number, output: AgentClass, options: Options = {}): Workflow<unknown, unknown> =>
  defineWorkflow({ name: 'report', version, output, ...options }) as Workflow<unknown, unknown>;

/** Runs of version 1: `source` has completed, `writer` waits for an answer, `output` follows. */
class Before {
  readonly store = new MemoryJournal();
  readonly clock = new VirtualClock();
  readonly calls: string[] = [];
  readonly source = this.agent('source', [], () => 'facts');
  readonly writer = this.agent('writer', [this.source], async ([facts], ctx) => {
    const draft = await ctx.step('draft', () => {
      this.calls.push('draft');
      return `draft of ${facts}`;
    });
    return `${draft}, ${await ctx.waitFor('approve', z.string(), { request: { draft } })}`;
  });
  readonly workflow = workflowOf(
    1,
    this.agent('output', [this.writer], ([text]) => `printed: ${text}`),
  );

  agent(...[name, dependencies, behaviour, ...more]: Parameters<typeof makeAgent>): AgentClass<unknown> {
    return makeAgent(
      name,
      dependencies,
      (inputs, ctx) => {
        this.calls.push(name);
        return behaviour(inputs, ctx);
      },
      ...more,
    );
  }

  create(...workflows: Workflow<unknown, unknown>[]) {
    return createEspalier({
      workflows,
      store: this.store,
      clock: this.clock,
      recovery: false,
    } satisfies EspalierOptions);
  }

  /** A run of version 1 that was parked while it waited. */
  async parked(): Promise<string> {
    const espalier = await this.create(this.workflow);
    const run = espalier.start(this.workflow, { topic: 'tides' }, { runId: 'r1', identity: 'ann' });
    await until(() => run.status === 'suspended');
    await espalier.drain();
    this.calls.length = 0;
    return run.id;
  }

  types(): readonly string[] {
    return this.store.read('r1').map(({ type }) => type);
  }
}

async function until(holds: () => boolean): Promise<void> {
  for (let turns = 0; turns < 1000 && !holds(); turns++) await new Promise((resolve) => setImmediate(resolve));
}

/** Version 2: the writer is called `author`, and a critic stands before the output. */
function after(before: Before, migrate: Migrate, options: Options = {}) {
  const author = before.agent('author', [before.source], async ([facts], ctx) => {
    const draft = await ctx.step('draft', () => {
      before.calls.push('draft');
      return `new draft of ${facts}`;
    });
    return `${draft}, ${await ctx.waitFor('approve', z.string())}`;
  });
  const critic = before.agent('critic', [author], ([text]) => `good: ${text}`, [], { output: z.string() });
  return workflowOf(
    2,
    before.agent('output', [critic], ([text]) => `printed: ${text}`),
    { migrate, ...options },
  );
}

describe('a run of an earlier version', () => {
  it('goes on under its own version while that is registered, beside a newer one', async () => {
    const before = new Before();
    const runId = await before.parked();
    const migrate = () => {
      throw new Error('nobody asks');
    };
    const espalier = await before.create(after(before, migrate), before.workflow);
    const run = await espalier.resume(runId);
    await espalier.signal(runId, 'approve', 'yes');
    await expect(run.result).resolves.toBe('printed: draft of facts, yes');
    expect(before.calls).toEqual(['writer', 'output']);
    expect(before.types()).not.toContain('run-migrate');
  });

  it('tells the migration what is known of it', async () => {
    const before = new Before();
    const runId = await before.parked();
    let seen: RunToMigrate | undefined;
    const migrate: Migrate = (run) => {
      seen = run;
      throw new Error('only looking');
    };
    await expect((await before.create(after(before, migrate))).resume(runId)).rejects.toThrow('only looking');
    expect(seen).toEqual({
      runId,
      version: 1,
      input: { topic: 'tides' },
      identity: 'ann',
      nodes: {
        source: { status: 'completed', output: 'facts', inputs: [], waits: [] },
        writer: {
          status: 'suspended',
          inputs: ['source'],
          waits: [{ node: 'writer', signal: 'approve', request: { draft: 'draft of facts' } }],
        },
        output: { status: 'pending', inputs: ['writer'], waits: [] },
      },
    });
  });

  it('keeps what is kept, also half-way and under another name, and runs the rest anew', async () => {
    const before = new Before();
    const runId = await before.parked();
    const workflow = after(before, () => ({ keep: { source: 'source', author: 'writer' } }));
    const run = await (await before.create(workflow)).resume(runId);
    await until(() => run.status === 'suspended');
    expect(run.suspensions).toMatchObject([{ node: 'author', signal: 'approve' }]);
    expect(before.calls).toEqual(['author']);
    run.cancel();
    await run.outcome;
  });

  it('is migrated once: a later process finds it so, and goes on', async () => {
    const before = new Before();
    const runId = await before.parked();
    let asked = 0;
    const workflow = after(before, () => {
      asked += 1;
      return { keep: { source: 'source', author: 'writer' } };
    });
    const first = await before.create(workflow);
    await first.resume(runId);
    await first.drain();
    const second = await before.create(workflow);
    const run = await second.resume(runId);
    await second.signal(runId, 'approve', 'fine');
    await expect(run.result).resolves.toBe('printed: good: draft of facts, fine');
    expect(asked).toBe(1);
    expect(before.types().filter((type) => type === 'run-migrate')).toHaveLength(1);
    expect(before.calls.filter((call) => call === 'draft' || call === 'source')).toEqual([]);
  });

  it('can be answered under the new name of a node while nobody holds it', async () => {
    const before = new Before();
    const runId = await before.parked();
    const workflow = after(before, () => ({ keep: { source: 'source', author: 'writer' } }));
    const first = await before.create(workflow);
    await first.resume(runId);
    await first.drain();
    const second = await before.create(workflow);
    await second.signal(runId, 'approve', 'fine', { node: 'author' });
    await second.drain();
    expect(before.store.read(runId).at(-1)).toMatchObject({ output: 'printed: good: draft of facts, fine' });
  });

  it('goes on with an answer that was given before, and that nobody has seen', async () => {
    const before = new Before();
    const runId = await before.parked();
    before.store.answer(runId, { node: 'writer', step: 'signal:approve', value: 'fine' });
    const workflow = after(before, () => ({ keep: { source: 'source', author: 'writer' } }));
    const run = await (await before.create(workflow)).resume(runId);
    await expect(run.result).resolves.toBe('printed: good: draft of facts, fine');
  });

  it('gives nodes outputs and the run another input', async () => {
    const before = new Before();
    const runId = await before.parked();
    const workflow = after(before, ({ input }) => ({
      input: { ...(input as object), tone: 'dry' },
      outputs: { author: 'written by hand', source: undefined },
    }));
    const run = await (await before.create(workflow)).resume(runId);
    await expect(run.result).resolves.toBe('printed: good: written by hand');
    expect(before.calls).toEqual(['critic', 'output']);
    expect((await run.outcome).nodes()).toMatchObject({ author: { output: 'written by hand' } });
    expect(before.store.read(runId).find(({ type }) => type === 'run-migrate')).toMatchObject({
      version: 2,
      input: { topic: 'tides', tone: 'dry' },
      keep: {},
      outputs: [{ node: 'author', output: 'written by hand' }, { node: 'source' }],
    });
  });

  it('asks again what a node that begins anew waits for, whatever was answered before', async () => {
    const before = new Before();
    const runId = await before.parked();
    before.store.answer(runId, { node: 'writer', step: 'signal:approve', value: 'yes to the old one' });
    const writer = before.agent('writer', [before.source], (_inputs, ctx) => ctx.waitFor('approve', z.string()));
    const workflow = workflowOf(
      2,
      before.agent('output', [writer], ([text]) => text),
      {
        migrate: () => ({ keep: ['source'] }),
      },
    );
    const espalier = await before.create(workflow);
    const run = await espalier.resume(runId);
    await until(() => run.status === 'suspended');
    expect(run.status).toBe('suspended');
    await espalier.drain();
    const later = await before.create(workflow);
    const resumed = await later.resume(runId);
    await later.signal(runId, 'approve', 'yes to the new one');
    await expect(resumed.result).resolves.toBe('yes to the new one');
  });

  it('goes through several versions', async () => {
    const before = new Before();
    const runId = await before.parked();
    const second = after(before, () => ({ keep: { source: 'source', author: 'writer' } }));
    const one = await before.create(second);
    await one.resume(runId);
    await one.drain();
    const scribe = before.agent('scribe', [before.source], async (_inputs, ctx) => {
      const draft = await ctx.step('draft', () => 'a third draft');
      return `${draft}: ${await ctx.waitFor('approve', z.string())}`;
    });
    const third = workflowOf(
      3,
      before.agent('output', [scribe], ([text]) => text),
      {
        migrate: ({ version, nodes }) => {
          expect([version, Object.keys(nodes)]).toEqual([2, ['source', 'author', 'critic', 'output']]);
          return { keep: { source: 'source', scribe: 'author' } };
        },
      },
    );
    const two = await before.create(third);
    const run = await two.resume(runId);
    await two.signal(runId, 'approve', 'at last');
    await expect(run.result).resolves.toBe('draft of facts: at last');
  });

  it('a kept node stays settled, whatever becomes of what stands before it now', async () => {
    const before = new Before();
    const runId = await before.parked();
    const failing = before.agent('failing', [], () => {
      throw new Error('boom');
    });
    const source = before.agent('source', [failing], () => 'never');
    const gate = before.agent('gate', [source], () => 'open', [When(source, () => false) as never]);
    const workflow = workflowOf(
      2,
      before.agent('output', [source, gate], (inputs) => inputs),
      {
        migrate: () => ({ keep: ['source'], outputs: { gate: 'given' } }),
      },
    );
    const run = await (await before.create(workflow)).resume(runId);
    await expect(run.result).resolves.toEqual(['facts', 'given']);
    expect(before.calls).toEqual(['failing', 'output']);
  });
});

describe('a migration that is refused', () => {
  const cases: readonly (readonly [string, Migrate, object])[] = [
    [
      'because it throws',
      () => {
        throw new Error('too old');
      },
      {
        code: 'migration-failed',
        message: "Run 'r1' of workflow 'report' version 1 was not migrated to version 2: too old",
      },
    ],
    [
      'because it gives nothing',
      () => undefined as never,
      { message: expect.stringContaining('expected { input, keep, outputs }, got undefined') },
    ],
    [
      'for a node that the new graph has not',
      () => ({ keep: ['writer'] }),
      {
        code: 'migration-invalid',
        message:
          "`migrate` of workflow 'report' version 2, for run 'r1' of version 1: keep: the graph has no node 'writer'; it has 'source', 'author', 'critic', 'output'.",
      },
    ],
    [
      'for a node that the run has not',
      () => ({ keep: { author: 'scribe' } }),
      {
        message: expect.stringContaining(
          "keep: the run has no node \"scribe\" (string); it has 'source', 'writer', 'output'.",
        ),
      },
    ],
    [
      'for a node that is kept twice',
      () => ({ keep: { author: 'source', source: 'source' } }),
      { message: expect.stringContaining("keep: 'author' and 'source' are both 'source'") },
    ],
    [
      'for a node that is kept and given an output',
      () => ({ keep: ['source'], outputs: { source: 'x' } }),
      { message: expect.stringContaining("outputs: 'source' is in `keep` too") },
    ],
    [
      'for an output that does not fit',
      () => ({ outputs: { critic: 7 } }),
      {
        code: 'migration-invalid',
        where: { node: 'critic', path: '$' },
        message: expect.stringContaining('outputs.critic: it is not a'),
      },
    ],
    [
      'for an output that is no plain data',
      () => ({ outputs: { author: () => 1 } }),
      { code: 'not-plain-data', where: { node: 'author' } },
    ],
    [
      'for an input that does not fit',
      () => ({ input: { topic: 7 } }),
      { code: 'migration-invalid', where: { path: '$.topic' }, message: expect.stringContaining('input: it is not a') },
    ],
  ];

  it.each(cases)('%s writes nothing and gives the run back', async (_name, migrate, error) => {
    const before = new Before();
    const runId = await before.parked();
    const records = [...before.store.read(runId)];
    const espalier = await before.create(after(before, migrate, { input: z.object({ topic: z.string() }) as never }));
    await expect(espalier.resume(runId)).rejects.toMatchObject(error);
    expect(before.store.read(runId)).toEqual(records);
    expect(before.store.find(runId)).toMatchObject({ owned: false });
  });

  it('for a kept output that does not fit', async () => {
    const before = new Before();
    const runId = await before.parked();
    const source = before.agent('source', [], () => 1, [], { output: z.number() });
    const workflow = workflowOf(2, source, { migrate: () => ({ keep: ['source'] }) });
    await expect((await before.create(workflow)).resume(runId)).rejects.toMatchObject({
      code: 'migration-invalid',
      message: expect.stringContaining('keep.source: it is not a'),
      where: { node: 'source', path: '$' },
    });
    expect(before.types()).not.toContain('run-migrate');
  });

  it('shows the difference to the newest version where there is no migration', async () => {
    const before = new Before();
    const runId = await before.parked();
    const { migrate: _, ...options } = after(before, () => ({})).options;
    const espalier = await before.create(defineWorkflow(options as never) as Workflow<unknown, unknown>);
    await expect(espalier.resume(runId)).rejects.toMatchObject({
      code: 'run-changed',
      message: [
        "Run 'r1' is of workflow 'report' version 1, which is not registered. Version 2 has another graph:",
        '  - node writer',
        '  + node author',
        '  + node critic',
        '  - edge writer → output',
        '  + edge critic → output',
      ].join('\n'),
      hint: 'Register version 1 beside it, or write defineWorkflow({ …, migrate }) in a newer version.',
    } satisfies Partial<EspalierError>);
  });

  it('is for newer versions only: a version is one graph', async () => {
    const before = new Before();
    const runId = await before.parked();
    const same = workflowOf(
      1,
      before.agent('output', [before.source], () => 1),
      { migrate: () => ({}) },
    );
    await expect((await before.create(same)).resume(runId)).rejects.toMatchObject({
      code: 'run-changed',
      hint: expect.stringContaining('Give the changed workflow a higher version'),
    });
    expect(() => workflowOf(2, before.source, { migrate: 'x' as never })).toThrow(
      'defineWorkflow: migrate of \'report\': expected a function, got "x" (string).',
    );
  });
});
