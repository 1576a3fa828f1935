import { MemoryJournal, type RunFilter } from '@espalier/core';
import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import type { SqliteDriver } from '../src/database/database.js';
import { nodeDriver } from '../src/database/node-driver.js';
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

  it.each<[RunFilter, RegExp]>([
    [{}, /^SCAN runs$/],
    [{ newest: true, parent: null, ended: true }, /^SCAN runs$/],
    [{ ended: false, owned: false, due: 5 }, /^SEARCH runs USING INDEX runs_by_due \(due_at<\?\)$/],
    [{ ended: false }, /^SCAN runs USING INDEX runs_open$/],
    [{ ended: false, parent: null, newest: true }, /^SCAN runs USING INDEX runs_open$/],
    [{ ended: false, workflow: 'w', newest: true }, /^SEARCH runs USING INDEX runs_open_by_workflow \(workflow=\?\)$/],
    [{ owned: true, workflow: 'w', status: 'failed' }, /^SCAN runs USING INDEX runs_held$/],
    [{ status: 'failed', newest: true }, /^SEARCH runs USING INDEX runs_by_status \(status=\?\)$/],
    [{ status: 'failed', ended: true, parent: null }, /^SEARCH runs USING INDEX runs_by_status \(status=\?\)$/],
    [
      { status: 'failed', workflow: 'w' },
      /^SEARCH runs USING INDEX runs_by_workflow_and_status \(workflow=\? AND status=\?\)$/,
    ],
    [{ workflow: 'w', ended: true }, /^SEARCH runs USING INDEX runs_by_workflow \(workflow=\?\)$/],
    [{ parent: 'r', workflow: 'w', ended: false }, /^SEARCH runs USING INDEX runs_by_parent \(parent=\?\)$/],
  ])('looks for a page by the index of the fewest, in its order, without sorting: %j', async (filter, expected) => {
    let asked = '';
    const driver: SqliteDriver = (path) => {
      const database = nodeDriver(path);
      const prepare = (sql: string) => {
        if (sql.includes('LIMIT ?') && sql.includes('FROM runs')) asked = sql;
        return database.prepare(sql);
      };
      return { exec: (sql) => database.exec(sql), prepare, close: () => database.close() };
    };
    const file = newFile();
    await using store = sqlite(file, { driver });
    store.list({ ...filter, limit: 20 });
    const database = openFile(file);
    const details = database.prepare(`EXPLAIN QUERY PLAN ${asked}`).all();
    database.close();
    const plan = details.map(({ detail }) => String(detail)).filter((detail) => /runs|B-TREE/.test(detail));
    expect(plan.join('; ')).toMatch(expected);
  });
});
