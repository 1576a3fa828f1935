import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import {
  createEspalier,
  defineWorkflow,
  type Event,
  type Journal,
  type JournalRecord,
  MemoryJournal,
  type NodeEndEvent,
  type NodeSkipEvent,
  type Run,
  type RunStartEvent,
  type Workflow,
} from '@espalier/core';
import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { makeAgent } from './make-agent.js';
import { numbers, start, Trail } from './random-agents.js';
import { type RandomGraph, type RandomNode, randomGraph } from './random-graph.js';
import { evaluate } from './sequential-model.js';
import { SlowJournal } from './slow-journal.js';

/** What must be settled before a node starts; of several alternatives, the first at least. */
const awaited = ({ required, optional, firstOf, condition, forEach }: RandomNode): readonly number[] =>
  [...required, ...optional, firstOf[0], condition, forEach].filter((parent) => parent !== undefined);

function checkEvents(graph: RandomGraph, events: readonly Event[]): void {
  expect(events.map(({ seq }) => seq)).toEqual(events.map((_, index) => index));
  expect(events.filter(({ type }) => type === 'run-end')).toHaveLength(1);
  expect(events.at(-1)?.type).toBe('run-end');
  const settledAt = new Map<string, number>();
  const started = new Set<string>();
  for (const event of events) {
    if (event.type === 'node-end' || event.type === 'node-skip') {
      expect(settledAt.has(event.node)).toBe(false);
      settledAt.set(event.node, event.seq);
    }
    if (event.type === 'node-start') {
      const start = `${event.node}#${event.attempt}`;
      expect(started.has(start)).toBe(false);
      started.add(start);
      const index = /^n(\d+)/.exec(event.node)?.[1];
      const node = index === undefined ? undefined : graph.nodes[Number(index)];
      for (const parent of node === undefined ? [] : awaited(node)) {
        expect(settledAt.get(`n${parent}`)).toBeLessThan(event.seq);
      }
    }
  }
}

async function checkAgainstModel(graph: RandomGraph, seed: number, store?: Journal): Promise<void> {
  const model = evaluate(graph);
  const { run, events, ended, observed, clock } = await start(graph, numbers(seed), store);
  const outcome = await run.outcome;
  await ended;
  const nodes = outcome.nodes();
  graph.nodes.forEach((_, index) => {
    const { status, output } = nodes[`n${index}`] as { status: string; output?: unknown };
    expect({ index, status, output }).toEqual({ index, ...(model.nodes[index] as object) });
  });
  expect(outcome.status).toBe('completed');
  expect(observed.runs).toEqual(model.runs);
  graph.nodes.forEach((node, index) => {
    const ran = node.forEach === undefined || (model.runs[index] as number) > 0;
    if (model.seen[index] !== undefined && ran)
      expect([index, observed.seen[index]]).toEqual([index, model.seen[index]]);
  });
  expect(observed.mostActive).toBeLessThanOrEqual(graph.concurrency);
  expect(observed.active).toBe(0);
  expect(clock.pending).toBe(0);
  checkEvents(graph, events);
}

describe('the scheduler against a sequential model', () => {
  it('comes to the same outputs, statuses, state and number of runs, whatever the timing', async () => {
    await fc.assert(
      fc.asyncProperty(randomGraph(60), fc.nat(), fc.nat(), async (graph, one, two) => {
        await checkAgainstModel(graph, one);
        await checkAgainstModel(graph, two);
      }),
      { numRuns: 150 },
    );
  }, 120_000);

  it('holds for graphs of up to 300 nodes', async () => {
    await fc.assert(
      fc.asyncProperty(randomGraph(300, 100), fc.nat(), (graph, seed) => checkAgainstModel(graph, seed)),
      { numRuns: 15 },
    );
  }, 120_000);

  it('holds on a journal that takes its time', async () => {
    await fc.assert(
      fc.asyncProperty(randomGraph(40), fc.nat(), async (graph, seed) => {
        const turns = numbers(seed + 1);
        await checkAgainstModel(graph, seed, new SlowJournal(() => turns() % 3));
      }),
      { numRuns: 60 },
    );
  }, 120_000);

  it('ends once, with nothing left running, when it is cancelled at any time', async () => {
    await fc.assert(
      fc.asyncProperty(randomGraph(60), fc.nat(), fc.nat({ max: 30 }), async (graph, seed, turns) => {
        const { run, events, ended, observed, clock } = await start(graph, numbers(seed));
        for (let turn = 0; turn < turns; turn++) await new Promise((resolve) => setImmediate(resolve));
        run.cancel('a property test');
        const outcome = await run.outcome;
        await ended;
        const runs = [...observed.runs];
        expect(['cancelled', 'completed']).toContain(outcome.status);
        expect(clock.pending).toBe(0);
        checkEvents(graph, events);
        for (let turn = 0; turn < 20; turn++) await new Promise((resolve) => setImmediate(resolve));
        expect(observed.runs).toEqual(runs);
        expect(observed.active).toBe(0);
      }),
      { numRuns: 100 },
    );
  }, 120_000);

  it('comes to the same when it is parked at any time and resumed elsewhere, and completed nodes do not run again', async () => {
    await fc.assert(
      fc.asyncProperty(
        randomGraph(40),
        fc.nat(),
        fc.array(fc.nat({ max: 12 }), { minLength: 1, maxLength: 3 }),
        fc.boolean(),
        async (graph, seed, stops, isSlow) => {
          const model = evaluate(graph);
          const turns = numbers(seed + 1);
          const slow = new SlowJournal(() => turns() % 3);
          const first = await start<Journal>(graph, numbers(seed), isSlow ? slow : slow.kept);
          let current: { espalier: typeof first.espalier; run: Run<unknown> } = first;
          for (const turns of stops) {
            for (let turn = 0; turn < turns; turn++) await new Promise((resolve) => setImmediate(resolve));
            const [parked] = await current.espalier.drain({ timeout: 0 });
            if (parked === undefined) break;
            const espalier = await createEspalier({
              workflows: [first.workflow],
              clock: first.clock,
              store: first.store,
            });
            current = { espalier, run: await espalier.resume(parked) };
          }
          const outcome = await current.run.outcome;
          const nodes = outcome.nodes();
          graph.nodes.forEach((_, index) => {
            const { status, output } = nodes[`n${index}`] as { status: string; output?: unknown };
            expect({ index, status, output }).toEqual({ index, ...(model.nodes[index] as object) });
          });
          const records = slow.kept.read(first.run.id);
          const ends = records.flatMap((record) => (record.type === 'node-end' ? [record.node] : []));
          expect(new Set(ends).size).toBe(ends.length);
          expect(records.filter(({ type }) => type === 'run-end')).toHaveLength(1);
        },
      ),
      { numRuns: 100 },
    );
  }, 120_000);
});

/** A journal as a crash leaves it: the records up to there, and nobody holds the run. */
function journalUpTo(records: readonly JournalRecord[], count: number): MemoryJournal {
  const store = new MemoryJournal();
  const lease = store.create(records[0] as RunStartEvent, 'who crashed');
  for (const record of records.slice(1, count)) store.append(lease, record);
  store.release(lease);
  return store;
}

const settledIn = (records: readonly JournalRecord[]): ReadonlySet<string> =>
  new Set(records.flatMap((record) => (isSettlement(record) ? [record.node] : [])));

const isSettlement = (record: JournalRecord): record is NodeEndEvent | NodeSkipEvent =>
  record.type === 'node-end' || record.type === 'node-skip';

describe('a crash', () => {
  it('at any record changes no result: another process comes to the same, and does nothing again that is settled', async () => {
    await fc.assert(
      fc.asyncProperty(
        randomGraph(30),
        fc.nat(),
        fc.array(fc.double({ min: 0, max: 1, noNaN: true }), { minLength: 1, maxLength: 3 }),
        async (graph, seed, crashes) => {
          const model = evaluate(graph);
          const { run, ended, store, workflow, clock, observed } = await start(graph, numbers(seed));
          const wholeState = (await run.outcome).state(Trail);
          await ended;
          let records = store.read(run.id);
          for (const at of crashes) {
            const survived = 1 + Math.floor(at * (records.length - 2));
            const before = records.slice(0, survived);
            const settledBefore = settledIn(before);
            const journal = journalUpTo(records, survived);
            const espalier = await createEspalier({ workflows: [workflow], clock, store: journal });
            observed.runs.fill(0);
            observed.seen.fill(undefined);
            const resumed = await espalier.resume(run.id);
            const outcome = await resumed.outcome;
            const nodes = outcome.nodes();
            graph.nodes.forEach((_, index) => {
              const { status, output } = nodes[`n${index}`] as { status: string; output?: unknown };
              expect({ index, status, output }).toEqual({ index, ...(model.nodes[index] as object) });
              if (settledBefore.has(`n${index}`)) expect([index, observed.runs[index]]).toEqual([index, 0]);
              const seen = observed.seen[index];
              if (seen !== undefined && model.seen[index] !== undefined) {
                expect([index, seen]).toEqual([index, model.seen[index]]);
              }
            });
            expect(outcome.state(Trail)).toEqual(wholeState);
            records = journal.read(run.id);
            expect(records.slice(0, survived)).toEqual(before);
            expect(records.map(({ seq }) => seq)).toEqual(records.map((_, index) => index));
            const settlements = records.filter(isSettlement).map(({ node }) => node);
            expect(new Set(settlements).size).toBe(settlements.length);
            expect(records.filter(({ type }) => type === 'run-end')).toHaveLength(1);
            expect(clock.pending).toBe(0);
          }
        },
      ),
      { numRuns: 150 },
    );
  }, 120_000);
});

describe('memory', () => {
  it('returns to where it was once runs have ended', async () => {
    setFlagsFromString('--expose-gc');
    const gc = runInNewContext('gc') as () => void;
    const source = makeAgent('source', [], async () => 'x'.repeat(1000));
    const workflow = defineWorkflow({
      name: 'small',
      version: 1,
      output: makeAgent('output', [source], async ([x]) => x),
    });
    const store = new MemoryJournal({ keepEnded: 10 });
    const espalier = await createEspalier({ workflows: [workflow], store });
    const round = async (): Promise<void> => {
      await Promise.all(Array.from({ length: 2000 }, () => espalier.run(workflow as Workflow<unknown, unknown>, null)));
      await new Promise((resolve) => setImmediate(resolve));
      gc();
    };
    await round();
    await round();
    const before = process.memoryUsage().heapUsed;
    await round();
    await round();
    const grown = process.memoryUsage().heapUsed - before;
    expect(store.list()).toHaveLength(10);
    expect(grown).toBeLessThan(1_000_000);
  }, 60_000);
});
