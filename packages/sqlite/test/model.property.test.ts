import { EspalierError, type Journal, type JournalRecord, type Lease, MemoryJournal } from '@espalier/core';
import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { sqlite } from '../src/index.js';
import { drivers } from './drivers.js';
import { newFile } from './new-file.js';

type Kind = 'create' | 'acquire' | 'append' | 'end' | 'release' | 'answer' | 'answered' | 'read' | 'find' | 'list';

interface Call {
  readonly kind: Kind;
  readonly run: number;
  /** Which of the leases that this run has had, from the newest: an old one is fenced. */
  readonly age: number;
  readonly value: number;
  /** Which of two processes calls. */
  readonly process: 0 | 1;
}

const kinds: readonly Kind[] = [
  ...(['create', 'acquire', 'append', 'append', 'append', 'end'] as const),
  ...(['release', 'answer', 'answered', 'read', 'find', 'list'] as const),
];

const callsOf = (allowed: readonly Kind[]) =>
  fc.array(
    fc.record<Call>({
      kind: fc.constantFrom(...allowed),
      run: fc.nat(1),
      age: fc.oneof({ weight: 4, arbitrary: fc.constant(0) }, { weight: 1, arbitrary: fc.nat(2) }),
      value: fc.nat(2),
      process: fc.constantFrom(0, 1),
    }),
    { minLength: 10, maxLength: 30 },
  );

/** What a call has come to: plain data, or the code of its error. */
async function outcomeOf(act: () => unknown): Promise<unknown> {
  try {
    return JSON.parse(JSON.stringify({ value: await act() }));
  } catch (error) {
    if (EspalierError.is(error)) return { code: error.code };
    throw error;
  }
}

/** Makes calls of a journal. Leases and lengths of histories are those of a journal that does nothing wrong. */
class Caller {
  readonly #leases = new Map<string, Lease[]>();
  readonly #lengths = new Map<string, number>();

  /** What this call means for any journal, by what has been called before. */
  plan(call: Call, model: MemoryJournal): (journal: Journal) => unknown {
    const runId = `r${call.run}`;
    const { kind, value } = call;
    const owner = `o${value}`;
    if (kind === 'create' || kind === 'acquire') {
      const start = {
        v: 1,
        runId,
        seq: 0,
        time: value,
        type: 'run-start',
        workflow: 'w',
        version: 1,
        fingerprint: 'f',
      } as const;
      return (journal) => (kind === 'create' ? journal.create(start, owner) : journal.acquire(runId, owner));
    }
    const leases = this.#leases.get(runId) ?? [];
    const lease = leases.at(-1 - (call.age % Math.max(1, leases.length))) ?? { runId, owner, token: 9 };
    const seq = this.#lengths.get(runId) ?? 1;
    const step = { node: 'n', step: `s${value}` };
    switch (kind) {
      case 'append':
      case 'end':
        return (journal) => journal.append(lease, recordOf(kind, runId, seq, value));
      case 'release':
        return (journal) => journal.release(lease);
      case 'answer':
        return (journal) => journal.answer(runId, { ...step, value: model.list().length });
      case 'answered':
        return (journal) => journal.answered(runId, step.node, step.step);
      case 'read':
        return (journal) => journal.read(runId, value);
      case 'find':
        return (journal) => journal.find(runId);
      case 'list':
        return (journal) => journal.list();
    }
  }

  /** Learns what a call has come to. */
  learn({ kind, run }: Call, outcome: unknown): void {
    const runId = `r${run}`;
    const { value, code } = outcome as { readonly value?: Lease; readonly code?: string };
    if (code !== undefined) return;
    if (kind === 'create' || kind === 'acquire') {
      this.#leases.set(runId, [...(this.#leases.get(runId) ?? []), value as Lease]);
    }
    if (kind === 'append' || kind === 'end') this.#lengths.set(runId, (this.#lengths.get(runId) ?? 1) + 1);
  }
}

function recordOf(kind: 'append' | 'end', runId: string, seq: number, value: number): JournalRecord {
  const place = { v: 1, runId, seq, time: value } as const;
  return kind === 'end'
    ? { ...place, type: 'run-end', status: 'completed', output: value }
    : { ...place, type: 'node-start', node: 'n', attempt: value + 1 };
}

describe.each(drivers)('a store on disk, on %s', (driver) => {
  it('does what the journal in memory does, whichever of two processes calls', async () => {
    await fc.assert(
      fc.asyncProperty(callsOf(kinds), async (calls) => {
        const file = newFile();
        await using one = sqlite(file, { driver });
        await using other = sqlite(file, { driver });
        const model = new MemoryJournal();
        const caller = new Caller();
        for (const call of calls) {
          const act = caller.plan(call, model);
          const expected = await outcomeOf(() => act(model));
          // Only who holds a lease uses it; but a lease is plain data, and the other one may have been given it.
          const actual = await outcomeOf(() => act(call.process === 0 ? one : other));
          expect({ call, outcome: actual }).toEqual({ call, outcome: expected });
          caller.learn(call, expected);
        }
      }),
      { numRuns: 30 },
    );
  }, 60_000);

  it('does what the journal in memory does, also where no call waits for another', async () => {
    const writes = kinds.filter((kind) => !['read', 'find', 'list', 'answered'].includes(kind));
    await fc.assert(
      fc.asyncProperty(callsOf(writes), async (calls) => {
        await using store = sqlite(newFile(), { driver });
        const model = new MemoryJournal();
        const caller = new Caller();
        const pairs: { readonly call: Call; readonly expected: unknown; readonly actual: Promise<unknown> }[] = [];
        for (const call of calls) {
          const act = caller.plan(call, model);
          const actual = outcomeOf(() => act(store));
          const expected = await outcomeOf(() => act(model));
          caller.learn(call, expected);
          pairs.push({ call, expected, actual });
        }
        for (const { call, expected, actual } of pairs) {
          expect({ call, outcome: await actual }).toEqual({ call, outcome: expected });
        }
        for (const { runId } of model.list()) expect(store.read(runId)).toEqual(model.read(runId));
        expect(store.list()).toEqual(model.list());
      }),
      { numRuns: 60 },
    );
  }, 60_000);
});
