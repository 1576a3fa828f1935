import { describe, expect, it, jest } from '@jest/globals';
import { nodeDriver } from '../src/database/node-driver.js';
import { sqlite } from '../src/index.js';
import { drivers } from './drivers.js';
import { play } from './histories.js';
import { newFile } from './new-file.js';
import { openFile } from './open-file.js';

jest.setTimeout(60_000);

const playAll = (store: ReturnType<typeof sqlite>, runs: number): Promise<unknown> =>
  Promise.all(Array.from({ length: runs }, (_, run) => play(store, { runId: `r${run}`, endsAt: 1 })));

describe.each(drivers)('a look at the whole file, on %s', (driver) => {
  it('finds what is wrong with any run, however many there are, and lets others go on meanwhile', async () => {
    const file = newFile();
    await using store = sqlite(file, { driver, retention: false });
    await playAll(store, 130);
    const database = openFile(file, driver);
    database.exec(`UPDATE runs SET workflow = 'other' WHERE run_id IN ('r0', 'r60', 'r129')`);
    database.close();
    let turns = 0;
    const count = setInterval(() => turns++, 0);
    const faults = await store.check();
    clearInterval(count);
    expect(faults.map((text) => /^Run '(\w+)'/.exec(text)?.[1])).toEqual(['r0', 'r60', 'r129']);
    expect(turns).toBeGreaterThan(0);
  });

  it.each(['answers', 'thread_entries', 'memories', 'notes', 'notes.vector'])(
    'finds what is wrong in %s',
    async (what) => {
      const file = newFile();
      await using store = sqlite(file, { driver, retention: false });
      await playAll(store, 2);
      const place = { scope: 's"\ud800', name: 'n"\ud800' };
      const write = async (row: number) => {
        const key = `k${row}"\ud800`;
        await store.answer('r1', { node: 'n', step: key, value: row });
        await store.threads.append('t\ud800', { kind: 'summary', key, covers: 0, text: `text ${row}`, time: 0 });
        await store.memory.write({ ...place, name: key }, { replaces: 0, key: 'k', value: row, time: 0 });
        const vector = new Float32Array([row, 1]);
        await store.memory.keep(place, [{ key, time: 0, text: 'x', model: 'm\ud800', vector }], 1000);
      };
      await Promise.all(Array.from({ length: 120 }, (_, row) => write(row)));
      expect(await store.check()).toEqual([]);
      const [table = '', column = 'body'] = what.split('.');
      const database = openFile(file, driver);
      const ids = database.prepare(`SELECT rowid AS id FROM ${table} ORDER BY rowid`).all();
      for (const row of [3, 110]) {
        const id = ids[row]?.id as number;
        const bytes = column === 'vector' ? "substr(vector, 2) || x'00'" : "replace(body, '1', '2') || ' '";
        database.exec(
          `UPDATE ${table} SET ${column} = CAST(${bytes} AS ${column === 'vector' ? 'BLOB' : 'TEXT'}) WHERE rowid = ${id}`,
        );
      }
      database.close();
      const faults = await store.check();
      expect(faults).toHaveLength(2);
      for (const fault of faults) expect(fault).toMatch(/^What is kept of \[.*\] cannot be read: it was changed/);
    },
  );

  it('takes no run for damaged that is pruned meanwhile', async () => {
    await using store = sqlite(newFile(), { driver, retention: false });
    await playAll(store, 40);
    const checked = store.check();
    await store.prune({ olderThan: 0 });
    expect(await checked).toEqual([]);
    expect(store.list()).toEqual([]);
  });

  it('is refused where the store is closed meanwhile: that is no fault of the file', async () => {
    const store = sqlite(newFile(), { driver, retention: false });
    await playAll(store, 120);
    const checked = store.check();
    checked.catch(() => {});
    await store.close();
    await expect(checked).rejects.toMatchObject({
      code: 'store-failed',
      message: expect.stringContaining('is closed'),
    });
  });
});

describe('the report of a file in which all is wrong', () => {
  it('stays small', async () => {
    const file = newFile();
    {
      await using store = sqlite(file, { retention: false });
      await play(store, { runId: 'r', records: 900 });
    }
    const database = nodeDriver(file);
    database.exec("UPDATE records SET hash = 'x'");
    const columns =
      'workflow, version, started_at, ended_at, status, due_at, parent, root, forked_from, length, head, sum, token, owner, session';
    for (let copy = 0; copy < 14; copy++) {
      database.exec(`INSERT INTO runs (run_id, ${columns}) SELECT 'r${copy}', ${columns} FROM runs WHERE run_id = 'r'`);
      database.exec(`INSERT INTO records SELECT ${copy + 2}, seq, body, hash FROM records WHERE run = 1`);
    }
    database.close();
    await using store = sqlite(file, { retention: false });
    const faults = await store.check();
    expect(faults).toHaveLength(10_001);
    expect(faults.at(-1)).toBe('There is more: only 10000 faults are named.');
  });
});
