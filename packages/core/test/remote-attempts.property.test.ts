import { type Event, type JournalRecord, MemoryJournal } from '@espalier/core';
import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { loopedRuntimeOf, numbers, runtimeOf, start, Trail } from './random-agents.js';
import { type RandomGraph, randomGraph } from './random-graph.js';
import { evaluate } from './sequential-model.js';

async function ran(graph: RandomGraph, seed: number, makeRuntime: typeof runtimeOf) {
  const started = await start(graph, numbers(seed), new MemoryJournal(), makeRuntime);
  const outcome = await started.run.outcome;
  await started.ended;
  return { ...started, outcome, records: started.store.read(started.run.id) };
}

/** The records of each node path, in their order, without what differs between any two runs. */
function byPath(records: readonly JournalRecord[]): Readonly<Record<string, unknown>> {
  const paths: Record<string, unknown[]> = {};
  for (const { seq: _seq, time: _time, runId: _runId, ...record } of records) {
    const path = 'node' in record ? record.node : 'run';
    paths[path] ??= [];
    paths[path].push(
      JSON.parse(JSON.stringify(record, (key, value) => (key === 'until' || key === 'runId' ? key : value))),
    );
  }
  return paths;
}

const withoutRests = (records: readonly JournalRecord[]): readonly JournalRecord[] =>
  records.filter(({ type }) => type !== 'run-suspend' && type !== 'run-resume' && type !== 'run-start');

function checkOrder(events: readonly Event[]): void {
  expect(events.map(({ seq }) => seq)).toEqual(events.map((_, index) => index));
  const open = new Set<string>();
  for (const event of events) {
    if (event.type === 'node-start') open.add(event.node);
    if (event.type === 'node-end' && event.attempt > 0 && event.status !== 'cancelled') {
      expect(open.has(event.node) || Array.isArray(event.output)).toBe(true);
    }
  }
}

describe('attempts that are made elsewhere', () => {
  it('come to the same outputs, statuses, state and records as those that are made here (property)', async () => {
    await fc.assert(
      fc.asyncProperty(randomGraph(30), fc.nat(), async (graph, seed) => {
        const model = evaluate(graph);
        const here = await ran(graph, seed, runtimeOf);
        const there = await ran(graph, seed, loopedRuntimeOf);
        expect(there.outcome.status).toBe(here.outcome.status);
        expect(there.outcome.nodes()).toEqual(here.outcome.nodes());
        expect(there.outcome.state(Trail)).toEqual(here.outcome.state(Trail));
        expect(there.observed.runs).toEqual(model.runs);
        expect(there.observed.mostActive).toBeLessThanOrEqual(graph.concurrency);
        expect(there.observed.active).toBe(0);
        expect(there.clock.pending).toBe(0);
        expect(byPath(withoutRests(there.records))).toEqual(byPath(withoutRests(here.records)));
        checkOrder(there.events);
      }),
      { numRuns: 100 },
    );
  }, 120_000);
});
