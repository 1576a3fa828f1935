import {
  type Answer,
  type ChainReport,
  type Journal,
  type JournalRecord,
  type Lease,
  MemoryJournal,
  type Rest,
  type RunFilter,
  type RunStartEvent,
  type RunSummary,
} from '@espalier/core';
import { describe, expect, it } from '@jest/globals';
import { type JournalConformanceOptions, journalConformance } from './journal-conformance.js';

journalConformance({ name: 'MemoryJournal', create: () => new MemoryJournal(), another: (journal) => journal });

/** What the suite registers, not run. */
function registered(options: JournalConformanceOptions) {
  const tests = new Map<string, () => Promise<void>>();
  const skipped: string[] = [];
  const add = (name: string, body: () => Promise<void>): unknown => tests.set(name, body);
  const skip = (name: string): unknown => skipped.push(name);
  journalConformance({ ...options, describe: (_name, body) => body(), it: Object.assign(add, { skip }) });
  return { tests, skipped };
}

class Reversed extends MemoryJournal {
  override read(runId: string, from?: number): readonly JournalRecord[] {
    return [...super.read(runId, from)].reverse();
  }
}

class Careless extends MemoryJournal {
  override read(runId: string, from?: number): readonly JournalRecord[] {
    return super.read(runId, from).map((record) => JSON.parse(JSON.stringify(record).replace('\\u0000', '')));
  }
}

class Caseless extends MemoryJournal {
  override create(start: RunStartEvent, owner: string): Lease {
    return super.create({ ...start, runId: start.runId.toLowerCase() }, owner);
  }
}

/** Gives what it will change. */
class Live extends MemoryJournal {
  readonly #given = new Map<string, JournalRecord[]>();

  override append(lease: Lease, record: JournalRecord): void {
    super.append(lease, record);
    this.#given.get(lease.runId)?.push(record);
  }

  override read(runId: string, from?: number): readonly JournalRecord[] {
    const records = [...super.read(runId, from)];
    this.#given.set(runId, records);
    return records;
  }
}

class Overwriting extends MemoryJournal {
  #runs = new Map<string, MemoryJournal>();

  override create(start: RunStartEvent, owner: string): Lease {
    const fresh = new MemoryJournal();
    this.#runs.set(start.runId, fresh);
    return fresh.create(start, owner);
  }

  override read(runId: string, from?: number): readonly JournalRecord[] {
    return (this.#runs.get(runId) ?? this).read(runId, from);
  }
}

class AlwaysOwned extends MemoryJournal {
  override find(runId: string): RunSummary | undefined {
    const summary = super.find(runId);
    return summary === undefined ? undefined : { ...summary, owned: true };
  }
}

/** Keeps the lease of a run that has ended. */
class Holding extends MemoryJournal {
  readonly #held = new Set<string>();

  override append(lease: Lease, record: JournalRecord): void {
    super.append(lease, record);
    if (record.type === 'run-end') this.#held.add(lease.runId);
  }

  override release(lease: Lease): void {
    super.release(lease);
    this.#held.delete(lease.runId);
  }

  override find(runId: string): RunSummary | undefined {
    const summary = super.find(runId);
    return summary === undefined ? undefined : { ...summary, owned: summary.owned || this.#held.has(runId) };
  }
}

class Unfenced extends MemoryJournal {
  readonly #newest = new Map<string, Lease>();

  override acquire(runId: string, owner: string): Lease {
    const lease = super.acquire(runId, owner);
    this.#newest.set(runId, lease);
    return lease;
  }

  override append(lease: Lease, record: JournalRecord): void {
    super.append(this.#newest.get(lease.runId) ?? lease, record);
  }
}

class Generous extends MemoryJournal {
  override acquire(runId: string, owner: string): Lease {
    super.release({ runId, owner, token: 1 });
    return super.acquire(runId, owner);
  }
}

class Forgetful extends MemoryJournal {
  override answer(runId: string, answer: Answer): boolean {
    super.answer(runId, answer);
    return true;
  }
}

class Confusing extends MemoryJournal {
  override answer(runId: string, { node, step, value }: Answer): boolean {
    return super.answer(runId, { node: '', step: `${node}\n${step}`, value });
  }

  override answered(runId: string, node: string, step: string): Answer | undefined {
    const answer = super.answered(runId, '', `${node}\n${step}`);
    return answer === undefined ? undefined : { ...answer, node, step };
  }
}

class Persistent extends MemoryJournal {
  override onAnswer(runId: string, listener: (answer: Answer) => void): () => void {
    super.onAnswer(runId, listener);
    return () => {};
  }
}

class Restless extends MemoryJournal {
  override rest(): void {}
}

/** Sleeps through what has come already. */
class Sleepy extends MemoryJournal {
  override rest(lease: Lease, { until }: Rest): void {
    super.rest(lease, { waits: [], ...(until === undefined ? {} : { until }) });
  }
}

class Unsorted extends MemoryJournal {
  override list({ due, ...filter }: RunFilter = {}): readonly RunSummary[] {
    const fitting = new Set(super.list({ ...filter, ...(due === undefined ? {} : { due }) }).map(({ runId }) => runId));
    return super.list(filter).filter(({ runId }) => fitting.has(runId));
  }
}

class Unfiltered extends MemoryJournal {
  override list({ workflow: _workflow, ...filter }: RunFilter = {}): readonly RunSummary[] {
    return super.list(filter);
  }
}

class Endless extends MemoryJournal {
  readonly #records: JournalRecord[] = [];

  override append(lease: Lease, record: JournalRecord): void {
    if (record.type === 'run-end') this.#records.push(record);
    else super.append(lease, record);
  }

  override read(runId: string, from = 0): readonly JournalRecord[] {
    return [...super.read(runId), ...this.#records].slice(from);
  }
}

class Suspicious extends MemoryJournal {
  verify(runId: string): ChainReport {
    const records = this.read(runId).length;
    return { head: 'h', records, faults: [{ seq: 0, kind: 'changed', message: 'Record 0 was changed.' }] };
  }
}

class Headless extends MemoryJournal {
  verify(runId: string): ChainReport {
    return { head: 'always', records: this.read(runId).length, faults: [] };
  }
}

describe('the suite finds a journal that', () => {
  it.each<[string, () => Journal, string]>([
    ['reads backwards', () => new Reversed(), 'gives back exactly what was appended'],
    ['changes data', () => new Careless(), 'gives back exactly what was appended'],
    ['does not tell ids apart', () => new Caseless(), 'keeps runs apart, whatever they are called'],
    ['changes what it gave', () => new Live(), 'gives what was read before as it was, though more is appended'],
    ['begins a run twice', () => new Overwriting(), 'begins a run once'],
    ['does not see that a run is free', () => new AlwaysOwned(), 'finds and lists runs without reading them'],
    ['does not look at tokens', () => new Unfenced(), 'refuses a lease that was given back, and one that is older'],
    ['takes runs away', () => new Generous(), 'refuses a second owner until the first gives it back'],
    ['takes runs away from their owner', () => new Generous(), 'refuses its own owner, too'],
    ['says that every answer counts', () => new Forgetful(), 'keeps the first answer'],
    ['confuses suspensions', () => new Confusing(), 'tells suspensions apart, whatever their names'],
    ['never stops telling', () => new Persistent(), 'tells listeners of answers that count, until they stop'],
    ['puts no run to rest', () => new Restless(), 'is due before, and not while it waits for an answer'],
    ['forgets answers at rest', () => new Sleepy(), 'is due when what it waits for was answered before'],
    ['does not sort by time', () => new Unsorted(), 'lists what is due first in the first place'],
    ['lists what nobody asks for', () => new Unfiltered(), 'lists those of a workflow'],
    ['sees faults where there are none', () => new Suspicious(), 'of a run, and of every run beside it'],
    ['has one chain for all', () => new Headless(), 'of a run, and of every run beside it'],
    [
      'has a chain that does not grow',
      () => new Headless(),
      'of a run that goes on: its head is another with every record',
    ],
    ['takes records after the end', () => new Endless(), 'refuses what comes after it'],
    [
      'keeps a run held that has ended',
      () => new Holding(),
      'gives the run back: others may acquire it, and a release changes nothing',
    ],
  ])('%s', async (_what, create, test) => {
    const body = registered({ name: 'broken', create }).tests.get(test);
    await expect(body?.()).rejects.toThrow();
  });

  it('does not share its data', async () => {
    const { tests } = registered({
      name: 'lonely',
      create: () => new MemoryJournal(),
      another: () => new MemoryJournal(),
    });
    const alone = registered({ name: 'lonely', create: () => new MemoryJournal() }).tests;
    const shared = [...tests].filter(([name]) => !alone.has(name));
    expect(shared).toHaveLength(9);
    for (const [, body] of shared) await expect(Promise.race([body(), late()])).rejects.toThrow();
  });
});

/** What waits in vain for an answer does not end. */
const late = (): Promise<never> =>
  new Promise((_resolve, reject) => setTimeout(() => reject(new Error('never heard')), 20));

describe('journalConformance', () => {
  it('closes every journal of a test, the newest first', async () => {
    const closed: number[] = [];
    const journals: MemoryJournal[] = [];
    const make = (): MemoryJournal => {
      const journal = new MemoryJournal();
      journals.push(journal);
      return journal;
    };
    const destroy = (journal: Journal): void => {
      closed.push(journals.indexOf(journal as MemoryJournal));
    };
    const { tests } = registered({ name: 'x', create: make, another: make, destroy });
    await expect(tests.get('is there for others at once')?.()).rejects.toThrow();
    expect(closed).toEqual([1, 0]);
  });

  it('skips what cannot pass, with its reason', () => {
    const skip = [{ tests: ['begins a run once'], reason: 'append-only file' }];
    const { tests, skipped } = registered({ name: 'x', create: () => new MemoryJournal(), skip });
    expect(skipped).toEqual(['begins a run once (append-only file)']);
    expect(tests.has('begins a run once')).toBe(false);
  });

  it('refuses a skip that fits no test', () => {
    const skip = [{ tests: ['begins a run twice'], reason: 'none' }];
    expect(() => registered({ name: 'x', create: () => new MemoryJournal(), skip })).toThrow(
      'journalConformance(): x: skip: no test is named begins a run twice.',
    );
  });
});
