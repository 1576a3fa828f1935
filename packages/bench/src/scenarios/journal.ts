import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { Agent, createEspalier, defineWorkflow, type JournalRecord, type RunContext } from '@espalier/core';
import { type SqliteStore, sqlite } from '@espalier/sqlite';
import { Unable, WrongResult } from '../contender.js';
import type { DurableScenario, Sampler } from './scenario.js';
import { temporaryFolder } from './temporary-folder.js';

const longRun = 'long';
/** How many runs are written at once while the file is filled. */
const atOnce = 200;

interface Size {
  readonly runs: number;
  /** Of each of them. */
  readonly records: number;
  /** Of the one that is resumed. */
  readonly long: number;
}

const million: Size = { runs: 9_900, records: 100, long: 10_000 };
const small: Size = { runs: 20, records: 10, long: 100 };

/** Does many steps, and waits then. */
const stepper = (steps: number) => {
  @Agent()
  class Stepper {
    async run(_: unknown, ctx: RunContext): Promise<number> {
      let value = 0;
      for (let step = 0; step < steps; step += 1) value = await ctx.step(`add ${step}`, () => value + 1);
      await ctx.sleep('1 day');
      return value;
    }
  }
  return defineWorkflow({ name: 'stepper', version: 1, output: Stepper });
};

/** A file of 1,000,000 records in 9,901 runs, of which one has 10,000 and is not over. */
class LargeJournal {
  readonly #file = join(temporaryFolder(), 'runs.db');
  readonly #size: Size;
  readonly #workflow;

  constructor(size: Size) {
    this.#size = size;
    this.#workflow = stepper(size.long - 4); // besides the starts of run and node, and what is recorded of the wait
  }

  open(): SqliteStore {
    return sqlite(this.#file, { retention: false });
  }

  async fill(): Promise<void> {
    const { runs, records } = this.#size;
    const store = this.open();
    for (let first = 0; first < runs; first += atOnce) {
      const part = Array.from({ length: Math.min(atOnce, runs - first) }, (_, index) => `run-${first + index}`);
      await Promise.all(part.map((runId) => writeRun(store, runId, records)));
    }
    const espalier = await createEspalier({ workflows: [this.#workflow], store });
    const run = espalier.start(this.#workflow, undefined, { runId: longRun });
    run.outcome.catch(() => {}); // it is parked
    while (!waits(run.status)) await sleep(5);
    await espalier.drain();
    await store.close();
  }

  /** From a file that is open to a run that has come as far as it had been. In milliseconds. */
  async resume(): Promise<number> {
    const store = this.open();
    const espalier = await createEspalier({ workflows: [this.#workflow], store });
    const from = performance.now();
    const run = await espalier.resume<number>(longRun);
    run.outcome.catch(() => {}); // it is parked again
    while (!waits(run.status)) await sleep(0);
    const elapsed = performance.now() - from;
    const { length } = store.read(longRun);
    if (length < this.#size.long - 10) throw new WrongResult(`the run has ${length} records.`);
    await espalier.drain();
    await store.close();
    return elapsed;
  }
}

const waits = (status: string): boolean => status === 'suspended' || status === 'parked';

async function writeRun(store: SqliteStore, runId: string, records: number): Promise<void> {
  const place = { v: 1, runId, time: Date.now() } as const;
  const lease = await store.create(
    { ...place, seq: 0, type: 'run-start', workflow: 'w', version: 1, fingerprint: 'f' },
    'bench',
  );
  const between = Array.from(
    { length: records - 2 },
    (_, index): JournalRecord => ({
      ...{ ...place, seq: index + 1, type: 'step-end', node: 'node', attempt: 1, step: `step:${index}` },
      value: `The result of step ${index} of this run. `.repeat(4),
    }),
  );
  const end: JournalRecord = { ...place, seq: records - 1, type: 'run-end', status: 'completed' };
  await Promise.all([...between, end].map((record) => store.append(lease, record)));
  await store.release(lease);
}

const measures = {
  open: { title: 'journal: open', measure: openIt, unit: 'ms' },
  list: { title: 'journal: list', measure: listThem, unit: 'ms' },
  resume: { title: 'journal: resume', measure: (journal: LargeJournal) => journal.resume(), unit: 'ms' },
  memory: { title: 'journal: memory', measure: memoryOf, unit: 'bytes' },
} as const;

/** Files that have grown. */
export const journalScenarios: readonly DurableScenario[] = Object.entries(measures).map(
  ([name, { title, measure, unit }]) => ({
    name: `journal-${name}`,
    kind: 'durable',
    family: 'journal',
    title,
    unit,
    isSpeed: false,
    rounds: 7,
    prepare: async (entrant, quick): Promise<Sampler> => {
      if (entrant.name !== 'espalier') throw new Unable('it is measured for Espalier only');
      const journal = new LargeJournal(quick ? small : million);
      await journal.fill();
      return { sample: () => measure(journal) };
    },
  }),
);

async function openIt(journal: LargeJournal): Promise<number> {
  const from = performance.now();
  const store = journal.open();
  const elapsed = performance.now() - from;
  await store.close();
  return elapsed;
}

async function listThem(journal: LargeJournal): Promise<number> {
  await using store = journal.open();
  const from = performance.now();
  store.list();
  return performance.now() - from;
}

/** What an open file of this size holds after its runs were listed and one was resumed. */
async function memoryOf(journal: LargeJournal): Promise<number> {
  const used = (): number => {
    globalThis.gc?.();
    const { heapUsed, external } = process.memoryUsage();
    return heapUsed + external;
  };
  const before = used();
  await journal.resume();
  await using store = journal.open();
  store.list();
  return Math.max(0, used() - before);
}
