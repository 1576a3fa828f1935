import { describe, expect, it } from '@jest/globals';
import { z } from 'zod';
import { makeAgent } from '../../test/make-agent.js';
import { VirtualClock } from '../clock/virtual-clock.js';
import type { RunContext } from '../context/run-context.js';
import { ForEach } from '../decorators/for-each.js';
import { Repeat } from '../decorators/repeat.js';
import { SharedState } from '../decorators/shared-state.js';
import type { JournalRecord, RunStartEvent } from '../events/event.js';
import { defineWorkflow, type Workflow, type WorkflowOptions } from '../graph/workflow.js';
import { MemoryJournal } from '../journal/memory-journal.js';
import type { AgentClass } from '../metadata/agent-class.js';
import { each } from '../metadata/dependency.js';
import { createEspalier } from '../runtime/create-espalier.js';
import { type ForkOptions, override } from './fork-options.js';

type Options = Partial<WorkflowOptions<never, AgentClass>>;
type Behave = (inputs: readonly never[], ctx: RunContext) => unknown;

@SharedState()
class Notes {
  text = '';
}

class Other {
  run(): number {
    return 1;
  }
}

/** Workflows whose agents note that they ran. */
class Bench {
  readonly store = new MemoryJournal();
  readonly clock = new VirtualClock();
  readonly calls: string[] = [];

  agent(
    name: string,
    dependencies: Parameters<typeof makeAgent>[1],
    behave: Behave,
    ...more: never[]
  ): AgentClass<unknown>;
  agent(
    name: string,
    dependencies: Parameters<typeof makeAgent>[1],
    behave: Behave,
    ...more: unknown[]
  ): AgentClass<unknown> {
    const noting = (inputs: readonly unknown[], ctx: RunContext) => {
      this.calls.push(ctx.node);
      return behave(inputs as never[], ctx);
    };
    return makeAgent(name, dependencies, noting, ...(more as []));
  }

  async runtime(output: AgentClass, options: Options = {}, version = 1) {
    const workflow = defineWorkflow({ name: 'w', version, output, ...options }) as Workflow<unknown, unknown>;
    const espalier = await createEspalier({
      workflows: [workflow],
      store: this.store,
      clock: this.clock,
      recovery: false,
    });
    return { espalier, workflow };
  }

  /** What ran since the last time. */
  taken(): string[] {
    return this.calls.splice(0);
  }

  start(runId: string): RunStartEvent {
    return this.store.read(runId)[0] as RunStartEvent;
  }
}

/** a → b → d, a → c → d: a diamond. */
function diamond(bench: Bench) {
  const a = bench.agent('a', [], (_: readonly never[], ctx) => {
    ctx.state(Notes).write({ text: 'by a' });
    return `a(${(ctx.input as { topic: string }).topic})`;
  });
  const b = bench.agent('b', [a], ([x], ctx) => `b(${x}, ${(ctx.input as { topic: string }).topic})`);
  const c = bench.agent('c', [a], ([x]) => `c(${x})`);
  const d = bench.agent('d', [b, c], ([x, y], ctx) => `d(${x}, ${y}, ${ctx.state(Notes).read().text})`);
  return { a, b, c, d };
}

async function until(holds: () => boolean): Promise<void> {
  for (let turns = 0; turns < 1000 && !holds(); turns++) await new Promise((resolve) => setImmediate(resolve));
}

const typesOf = (records: readonly JournalRecord[]): readonly string[] => records.map(({ type }) => type);

describe('a fork', () => {
  it('runs a node and what depends on it again, and keeps the rest', async () => {
    const bench = new Bench();
    const { b, d } = diamond(bench);
    const { espalier, workflow } = await bench.runtime(d);
    const first = espalier.start(workflow, { topic: 't' }, { runId: 'r1', identity: 'ann' });
    const result = await first.result;
    expect(bench.taken()).toEqual(['a', 'b', 'c', 'd']);
    const before = bench.store.read('r1');
    const fork = await espalier.fork('r1', { from: b, runId: 'r2' });
    expect(fork.id).toBe('r2');
    await expect(fork.result).resolves.toBe(result);
    expect(bench.taken()).toEqual(['b', 'd']);
    expect(bench.store.read('r1')).toEqual(before);
    expect((await fork.outcome).state(Notes)).toEqual({ text: 'by a' });
  });

  it('copies what it keeps into a history of its own, and says where it is from', async () => {
    const bench = new Bench();
    const { d } = diamond(bench);
    const { espalier, workflow } = await bench.runtime(d);
    await espalier.start(workflow, { topic: 't' }, { runId: 'r1', identity: 'ann' }).result;
    await bench.clock.advance(1000);
    await (await espalier.fork('r1', { from: 'd', runId: 'r2' })).result;
    const records = bench.store.read('r2');
    expect(bench.start('r2')).toMatchObject({
      time: 1000 + bench.start('r1').time,
      input: { topic: 't' },
      identity: 'ann',
      fork: { runId: 'r1', from: 'd', records: 6 },
    });
    expect(await espalier.list()).toMatchObject([{ runId: 'r1' }, { runId: 'r2', forkedFrom: 'r1' }]);
    expect((await espalier.list())[0]).not.toHaveProperty('forkedFrom');
    expect(records.map(({ runId, seq }) => [runId, seq])).toEqual(records.map((_, seq) => ['r2', seq]));
    const kept = records.slice(1, 7);
    const source = bench.store.read('r1').filter((record) => 'node' in record && record.node !== 'd');
    expect(kept).toEqual(source.map((record, index) => ({ ...record, runId: 'r2', seq: index + 1 })));
    expect(typesOf(records.slice(7))).toEqual(['run-resume', 'node-start', 'node-end', 'run-end']);
  });

  it('goes on with another input and other outputs', async () => {
    const bench = new Bench();
    const { a, b, d } = diamond(bench);
    const { espalier, workflow } = await bench.runtime(d);
    await espalier.run(workflow, { topic: 't' }, { runId: 'r1' });
    const changed = await espalier.fork('r1', {
      from: b,
      input: { topic: 'u' },
      outputs: [override(a, 'A')],
      runId: 'r2',
    });
    await expect(changed.result).resolves.toBe('d(b(A, u), c(a(t)), by a)');
    expect(bench.start('r2')).toMatchObject({ input: { topic: 'u' }, fork: { outputs: ['a'] } });
    const named = await espalier.fork('r2', { from: 'd', outputs: { c: 'C', b: 'B' }, runId: 'r3' });
    await expect(named.result).resolves.toBe('d(B, C, by a)');
    expect(bench.start('r3').fork).toEqual({ runId: 'r2', from: 'd', records: 6, outputs: ['c', 'b'] });
  });

  it('of a failed run tries the node again that failed, and of a cancelled one goes on', async () => {
    const bench = new Bench();
    let broken = true;
    const a = bench.agent('a', [], () => 1);
    const b = bench.agent('b', [a], () => {
      if (broken) throw new Error('boom');
      return 2;
    });
    const slow = bench.agent('slow', [a], (_, ctx) => ctx.sleep(10));
    const { espalier, workflow } = await bench.runtime(
      bench.agent('c', [b, slow], ([x]) => x),
      { failFast: true },
    );
    await espalier.start(workflow, null, { runId: 'r1' }).outcome;
    broken = false;
    bench.taken();
    const fork = await espalier.fork('r1', { from: b });
    await until(() => fork.status === 'suspended');
    await bench.clock.advance(10);
    await expect(fork.result).resolves.toBe(2);
    expect(bench.taken().sort()).toEqual(['b', 'c', 'slow']);
  });

  it('of a run that waits goes on waiting by itself; each is answered for itself', async () => {
    const bench = new Bench();
    const a = bench.agent('a', [], () => 'a');
    const ask = bench.agent('ask', [a], async ([x], ctx) => {
      const quote = await ctx.step('quote', () => `quote ${bench.calls.length}`);
      return `${x} ${quote} ${await ctx.waitFor('ok', z.string())}`;
    });
    const other = bench.agent('other', [a], () => 'other');
    const { espalier, workflow } = await bench.runtime(bench.agent('end', [ask, other], (inputs) => inputs.join('; ')));
    const first = espalier.start(workflow, null, { runId: 'r1' });
    await until(() => first.status === 'suspended');
    bench.taken();
    const fork = await espalier.fork('r1', { from: other, runId: 'r2' });
    await until(() => fork.status === 'suspended');
    await espalier.signal('r2', 'ok', 'no');
    await expect(fork.result).resolves.toBe('a quote 2 no; other');
    await espalier.signal('r1', 'ok', 'yes');
    await expect(first.result).resolves.toBe('a quote 2 yes; other');
    expect(bench.taken()).toEqual(['ask', 'other', 'end', 'end']);
  });

  it('begins a node anew that had not finished, where its inputs are replaced', async () => {
    const bench = new Bench();
    const a = bench.agent('a', [], () => 'a');
    const ask = bench.agent('ask', [a], async ([x], ctx) => {
      const quote = await ctx.step('quote', () => `quote for ${x}`);
      return `${quote}: ${await ctx.waitFor('ok', z.string())}`;
    });
    const { espalier, workflow } = await bench.runtime(bench.agent('end', [ask], ([x]) => x));
    const first = espalier.start(workflow, null, { runId: 'r1' });
    await until(() => first.status === 'suspended');
    const fork = await espalier.fork('r1', { from: 'end', outputs: { a: 'another' }, runId: 'r2' });
    await until(() => fork.status === 'suspended');
    await espalier.signal('r2', 'ok', 'yes');
    await expect(fork.result).resolves.toBe('quote for another: yes');
    first.cancel();
    await first.outcome;
  });

  it('of a run that goes on right now takes what is on record', async () => {
    const bench = new Bench();
    const a = bench.agent('a', [], () => 'a');
    const gates = [Promise.withResolvers<string>(), Promise.withResolvers<string>()];
    let opened = 0;
    const b = bench.agent('b', [a], () => (gates[opened++] as (typeof gates)[number]).promise);
    const { espalier, workflow } = await bench.runtime(bench.agent('c', [b], ([x]) => x));
    const first = espalier.start(workflow, null, { runId: 'r1' });
    await until(() => bench.calls.includes('b'));
    const fork = await espalier.fork('r1', { from: b });
    await until(() => opened === 2);
    gates[1]?.resolve('second');
    await expect(fork.result).resolves.toBe('second');
    gates[0]?.resolve('first');
    await expect(first.result).resolves.toBe('first');
  });

  it('begins at an item, and replaces the output of one', async () => {
    const bench = new Bench();
    const plan = bench.agent('plan', [], () => [1, 2, 3]);
    let round = 1;
    const part = bench.agent(
      'part',
      [],
      ([x], ctx) => `${x}.${ctx.index}.${round}`,
      ...([[ForEach(plan, { items: (list: unknown) => list as number[], max: 3 })]] as never[]),
    );
    const { espalier, workflow } = await bench.runtime(bench.agent('end', [each(part)], ([list]) => list));
    await espalier.run(workflow, null, { runId: 'r1' });
    bench.taken();
    round = 2;
    const fork = await espalier.fork('r1', { from: 'part[1]', outputs: { 'part[2]': 'mine' }, runId: 'r2' });
    await expect(fork.result).resolves.toEqual(['1.0.1', '2.1.2', 'mine']);
    expect(bench.taken()).toEqual(['part[1]', 'end']);
    const all = await espalier.fork('r2', { from: 'end', outputs: [override(each(part), ['x', 'y', 'z'])] });
    await expect(all.result).resolves.toEqual(['x', 'y', 'z']);
    expect(bench.taken()).toEqual(['end']);
  });

  it('begins at an iteration', async () => {
    const bench = new Bench();
    let round = 1;
    const edit = bench.agent(
      'edit',
      [],
      (_, ctx) => `${(ctx.previous as string | undefined) ?? ''}${ctx.iteration}.${round} `,
      ...([[Repeat({ until: () => false, max: 3, otherwise: 'keep-last' })]] as never[]),
    );
    const { espalier, workflow } = await bench.runtime(bench.agent('end', [edit], ([x]) => x));
    await espalier.run(workflow, null, { runId: 'r1' });
    bench.taken();
    round = 2;
    const fork = await espalier.fork('r1', { from: 'edit@2' });
    await expect(fork.result).resolves.toBe('1.1 2.2 3.2 ');
    expect(bench.taken()).toEqual(['edit@2', 'edit@3', 'end']);
  });

  it('is refused for another graph with the difference, and migrates where there is a migration', async () => {
    const bench = new Bench();
    const { a, c, d } = diamond(bench);
    const { espalier, workflow } = await bench.runtime(d);
    await espalier.run(workflow, { topic: 't' }, { runId: 'r1' });
    const next = bench.agent('e', [a, c], (inputs) => `e(${inputs.join(', ')})`);
    const without = await bench.runtime(next, {}, 2);
    await expect(without.espalier.fork('r1', { from: 'e' })).rejects.toMatchObject({ code: 'run-changed' });
    bench.taken();
    const migrate = () => ({ keep: ['a'], outputs: { c: 'given' } });
    const withIt = await bench.runtime(next, { migrate }, 2);
    const fork = await withIt.espalier.fork('r1', { from: 'e', runId: 'r2' });
    await expect(fork.result).resolves.toBe('e(a(t), given)');
    expect(bench.taken()).toEqual(['e']);
    expect(bench.start('r2')).toMatchObject({ version: 2, fork: { runId: 'r1', from: 'e', records: 3 } });
    expect(
      bench.store
        .read('r2')
        .slice(1)
        .map(({ seq }) => seq),
    ).toEqual([1, 2, 3, 4, 5, 6, 7]);
    expect(typesOf(bench.store.read('r1'))).not.toContain('run-migrate');
  });

  const wrong: readonly (readonly [string, ForkOptions, string, object?])[] = [
    ['a node that is not there', { from: 'x' }, `the graph has no node "x" (string); it has 'a', 'b', 'c', 'd'`],
    ['a place that is not on record', { from: 'b[2]' }, `from: nothing is on record of 'b[2]'; of its node, 'b' is`],
    [
      'an output of what runs again',
      { from: 'b', outputs: { d: 1 } },
      `outputs: 'd' runs again, as 'b' does: what it gives cannot be said before`,
    ],
    [
      'an output of the place',
      { from: 'b', outputs: { b: 1 } },
      `outputs: 'b' runs again, as 'b' does: what it gives cannot be said before`,
    ],
    [
      'an output of no node',
      { from: 'b', outputs: { x: 1 } },
      `the graph has no node "x" (string); it has 'a', 'b', 'c', 'd'`,
    ],
    [
      'an output of no item',
      { from: 'b', outputs: { 'c[0]': 1 } },
      `outputs: 'c[0]': expected a node or one of its items; 'c' has no items on record`,
    ],
    [
      'two outputs',
      { from: 'b', outputs: [override(Other, 1), override(Other, 1)] },
      'the graph has no node Other (function); it has',
    ],
  ];

  it.each(wrong)('is refused for %s, and nothing is written', async (_name, options, message) => {
    const bench = new Bench();
    const { espalier, workflow } = await bench.runtime(diamond(bench).d);
    await espalier.run(workflow, { topic: 't' }, { runId: 'r1' });
    await expect(espalier.fork('r1', options)).rejects.toMatchObject({
      code: 'fork-invalid',
      message: expect.stringContaining(`fork('r1'): ${message}`),
    });
    expect(bench.store.list()).toHaveLength(1);
  });

  it('is refused where an output or the input does not fit', async () => {
    const bench = new Bench();
    const a = bench.agent('a', [], () => 1, ...([[], { output: z.number() }] as never[]));
    const options = { input: z.object({ n: z.number() }) as never };
    const { espalier, workflow } = await bench.runtime(
      bench.agent('end', [a], ([x]) => x),
      options,
    );
    await espalier.run(workflow, { n: 1 }, { runId: 'r1' });
    await expect(espalier.fork('r1', { from: 'end', outputs: { a: 'x' } })).rejects.toMatchObject({
      code: 'fork-invalid',
      message: expect.stringContaining("outputs: 'a': it is not a"),
      where: { runId: 'r1', node: 'a', path: '$' },
    });
    const twice = { from: 'end', outputs: [override(a, 1 as never), override(a, 2 as never)] };
    await expect(espalier.fork('r1', twice)).rejects.toThrow("fork('r1'): outputs: 'a' is given two outputs.");
    await expect(espalier.fork('r1', { from: 'end', input: { n: 'x' } })).rejects.toMatchObject({
      code: 'input-invalid',
    });
    await expect(espalier.fork('r0', { from: 'end' })).rejects.toMatchObject({ code: 'run-unknown' });
    await expect(espalier.fork('r1', { from: 'end', runId: 'r1' })).rejects.toMatchObject({ code: 'run-exists' });
    await espalier.drain();
    await expect(espalier.fork('r1', { from: 'end' })).rejects.toMatchObject({ code: 'runtime-closed' });
    expect(bench.store.list()).toHaveLength(1);
  });
});
