import { MemoryJournal, type RunFilter } from '@espalier/core';
import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { sqlite } from '../src/index.js';
import { newFile } from './new-file.js';
import { openFile } from './open-file.js';

const maybe = <T>(arbitrary: fc.Arbitrary<T>) => fc.option(arbitrary, { nil: undefined, freq: 2 });

const filters = fc
  .record({
    ended: maybe(fc.boolean()),
    status: maybe(fc.constantFrom('completed' as const, 'failed' as const)),
    owned: maybe(fc.boolean()),
    workflow: maybe(fc.constantFrom('w0', 'w1', 'none')),
    parent: maybe(fc.constantFrom(null, 'r0', 'r3')),
    due: maybe(fc.constantFrom(0, 50, 1000)),
    newest: maybe(fc.boolean()),
    after: maybe(fc.constantFrom('r1', 'r8', 'r14')),
    limit: maybe(fc.nat(6)),
  })
  .map((filter) => Object.fromEntries(Object.entries(filter).filter(([, value]) => value !== undefined)) as RunFilter);

describe('the list of runs', () => {
  it('is that of the journal in memory, for every filter', async () => {
    await using store = sqlite(newFile());
    const model = new MemoryJournal();
    for (let index = 0; index < 20; index++) {
      const runId = `r${index}`;
      for (const journal of [store, model]) {
        const lease = await journal.create(
          {
            ...{ v: 1, runId, seq: 0, time: index, type: 'run-start', version: 1, fingerprint: 'f' },
            workflow: `w${index % 2}`,
            ...(index % 5 === 4 ? { parent: { runId: index < 10 ? 'r0' : 'r3', node: 'n' } } : {}),
          },
          'o',
        );
        if (index % 3 === 1)
          await journal.rest(lease, { waits: [], ...(index % 2 === 0 ? {} : { until: 100 - index * 5 }) });
        if (index % 4 === 0) {
          const status = index % 8 === 0 ? 'failed' : 'completed';
          await journal.append(lease, { v: 1, runId, seq: 1, time: 0, type: 'run-end', status });
        }
        if (index % 7 !== 0) await journal.release(lease);
      }
    }
    fc.assert(
      fc.property(filters, (filter) => {
        expect(store.list(filter)).toEqual(model.list(filter));
      }),
      { numRuns: 1000 },
    );
  });

  it('looks for runs that are due without looking at the others', async () => {
    const file = newFile();
    await sqlite(file).close();
    const database = openFile(file);
    const plan = (where: string): string =>
      database
        .prepare(`EXPLAIN QUERY PLAN SELECT run_id FROM runs AS r WHERE true ${where} LIMIT 10`)
        .all()
        .map(({ detail }) => detail)
        .join('; ');
    expect(plan('AND ended_at IS NULL AND session IS NULL AND due_at <= 5 ORDER BY due_at, id')).toMatch(
      /SEARCH r USING INDEX runs_by_due \(due_at<\?\)$/,
    );
    expect(plan('AND ended_at IS NULL AND id > 7 ORDER BY id')).toMatch(/runs_open/);
    expect(plan("AND workflow = 'w' ORDER BY id DESC")).toMatch(/runs_by_workflow/);
    expect(plan("AND parent = 'r' ORDER BY id")).toMatch(/runs_by_parent/);
    database.close();
  });
});
