import type { JournalRecord, RunStartEvent } from '@espalier/core';
import { MemoryJournal } from '@espalier/core';
import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { numbers, runtimeOf, start, Trail } from './random-agents.js';
import { type RandomGraph, randomGraph } from './random-graph.js';
import { parentsOf } from './sequential-model.js';
import { longThread, talk } from './talking-run.js';

/** A node and all that depends on it. */
function fromThereOn({ nodes }: RandomGraph, first: number): ReadonlySet<number> {
  const again = new Set([first]);
  nodes.forEach((node, index) => {
    if (parentsOf(node).some((parent) => again.has(parent))) again.add(index);
  });
  return again;
}

const rootOf = (path: string): string => path.replace(/[[@/].*$/, '');

/** Whether an attempt of a node completed, not only of one that stands in for it. */
function gaveOutput(records: readonly JournalRecord[], index: number): boolean {
  const replaced = new Set(records.flatMap((record) => (record.type === 'node-fallback' ? [record.node] : [])));
  return records.some(
    (record) =>
      record.type === 'node-end' &&
      record.status === 'completed' &&
      record.attempt > 0 &&
      rootOf(record.node) === `n${index}` &&
      !record.node.includes('/') &&
      !replaced.has(record.node),
  );
}

/** A finished run of a random graph, and what it came to. */
async function finished(graph: RandomGraph, seed: number) {
  const made = await start(graph, numbers(seed));
  const outcome = await made.run.outcome;
  await made.ended;
  const ran = [...made.observed.runs];
  made.observed.runs.fill(0);
  return { ...made, outcome, ran };
}

describe('a replay', () => {
  it('of any finished run reports no divergence, whatever its timing was', async () => {
    await fc.assert(
      fc.asyncProperty(randomGraph(40), fc.nat(), async (graph, seed) => {
        const { run, store, espalier } = await finished(graph, seed);
        const records = store.read(run.id);
        const report = await espalier.replay(run.id);
        expect(report).toEqual({ runId: run.id, records: records.length, ended: true, diverged: undefined });
        expect(store.read(run.id)).toEqual(records);
      }),
      { numRuns: 150 },
    );
  }, 120_000);

  it('of a run that was parked and resumed, or whose process died, reports none either', async () => {
    await fc.assert(
      fc.asyncProperty(
        randomGraph(25),
        fc.nat(),
        fc.double({ min: 0, max: 1, noNaN: true }),
        async (graph, seed, at) => {
          const { run, store, workflow, clock } = await finished(graph, seed);
          const records = store.read(run.id);
          const cut = records.slice(0, 1 + Math.floor(at * (records.length - 1)));
          const journal = new MemoryJournal();
          const lease = journal.create(cut[0] as RunStartEvent, 'who crashed', cut.slice(1) as JournalRecord[]);
          journal.release(lease);
          const espalier = await runtimeOf(workflow, clock, journal);
          const half = await espalier.replay(run.id);
          expect(half).toEqual({
            runId: run.id,
            records: cut.length,
            ended: cut.length === records.length,
            diverged: undefined,
          });
          if (cut.length === records.length) return;
          await (await espalier.resume(run.id)).outcome;
          expect((await espalier.replay(run.id)).diverged).toBeUndefined();
        },
      ),
      { numRuns: 100 },
    );
  }, 120_000);

  it('names the node whose code gives something else by now', async () => {
    await fc.assert(
      fc.asyncProperty(randomGraph(25), fc.nat(), fc.nat(), async (graph, seed, pick) => {
        const { run, store, espalier, observed } = await finished(graph, seed);
        const changed = pick % graph.nodes.length;
        observed.changed = changed;
        const gave = gaveOutput(store.read(run.id), changed);
        const { diverged } = await espalier.replay(run.id);
        if (!gave) expect(diverged).toBeUndefined();
        else expect(diverged).toMatchObject({ kind: 'changed', type: 'node-end', path: '$.output' });
        if (diverged !== undefined) expect(rootOf(diverged.node as string)).toBe(`n${changed}`);
      }),
      { numRuns: 100 },
    );
  }, 120_000);

  it('of a run that talked to models asks none, writes no thread, and reports none, also after a crash', async () => {
    await fc.assert(
      fc.asyncProperty(fc.nat(), fc.double({ min: 0, max: 1, noNaN: true }), async (seed, at) => {
        const threads = longThread();
        const whole = await talk(seed, threads);
        const said = threads.read('a');
        const cut = whole.records.slice(0, 1 + Math.floor(at * (whole.records.length - 2)));
        const resumed = await talk(seed, longThread(), cut);
        for (const { espalier, records, sent } of [whole, resumed]) {
          const asked = sent.length;
          const report = await espalier.replay('r');
          expect([cut.length, report]).toEqual([
            cut.length,
            { runId: 'r', records: records.length, ended: true, diverged: undefined },
          ]);
          expect(sent).toHaveLength(asked);
        }
        expect(threads.read('a')).toEqual(said);
      }),
      { numRuns: 100 },
    );
  }, 120_000);
});

describe('a fork', () => {
  it('from any node with no change comes to the same, and executes that node and what depends on it, no other', async () => {
    await fc.assert(
      fc.asyncProperty(randomGraph(30), fc.nat(), fc.nat(), async (graph, seed, pick) => {
        const { run, store, espalier, outcome, observed, ran } = await finished(graph, seed);
        const from = pick % graph.nodes.length;
        const again = fromThereOn(graph, from);
        const fork = await espalier.fork(run.id, { from: `n${from}` });
        const forked = await fork.outcome;
        expect(forked.nodes()).toEqual(outcome.nodes());
        expect(forked.state(Trail)).toEqual(outcome.state(Trail));
        expect(observed.runs).toEqual(ran.map((count, index) => (again.has(index) ? count : 0)));
        const records = store.read(fork.id);
        expect(records.map(({ seq, runId }) => [seq, runId])).toEqual(records.map((_, seq) => [seq, fork.id]));
        expect(await espalier.replay(fork.id)).toMatchObject({ ended: true, diverged: undefined });
        const twice = await espalier.fork(fork.id, { from: `n${from}` });
        expect((await twice.outcome).nodes()).toEqual(outcome.nodes());
      }),
      { numRuns: 100 },
    );
  }, 120_000);

  it('of a run cut at any record, from any node, comes to the same', async () => {
    await fc.assert(
      fc.asyncProperty(
        randomGraph(25),
        fc.nat(),
        fc.nat(),
        fc.double({ min: 0, max: 1, noNaN: true }),
        async (graph, seed, pick, at) => {
          const { run, store, workflow, clock, outcome } = await finished(graph, seed);
          const records = store.read(run.id);
          const cut = records.slice(0, 1 + Math.floor(at * (records.length - 1)));
          const journal = new MemoryJournal();
          journal.create(cut[0] as RunStartEvent, 'who has it', cut.slice(1) as JournalRecord[]);
          const espalier = await runtimeOf(workflow, clock, journal);
          const paths = cut.flatMap((record) => ('node' in record && record.node.startsWith('n') ? [record.node] : []));
          const from = paths[pick % Math.max(1, paths.length)] ?? 'n0';
          const fork = await espalier.fork(run.id, { from });
          const forked = await fork.outcome;
          expect([from, forked.nodes()]).toEqual([from, outcome.nodes()]);
          expect(forked.state(Trail)).toEqual(outcome.state(Trail));
          expect(journal.read(run.id)).toEqual(cut);
        },
      ),
      { numRuns: 100 },
    );
  }, 120_000);
});
