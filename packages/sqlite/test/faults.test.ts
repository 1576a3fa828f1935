import { spawn } from 'node:child_process';
import { chmodSync, mkdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { type Clock, type JournalRecord, VirtualClock } from '@espalier/core';
import { describe, expect, it, jest } from '@jest/globals';
import type { Database } from '../src/database/database.js';
import { driverOf } from '../src/database/drivers.js';
import { migrate } from '../src/database/migrate.js';
import { migrations } from '../src/database/migrations.js';
import { sqlite } from '../src/index.js';
import { drivers } from './drivers.js';
import { play, startOf, stepOf } from './histories.js';
import { newFile } from './new-file.js';
import { openFile } from './open-file.js';

jest.setTimeout(60_000);

/** The superuser may write everywhere: this is what others may do. */
function asNobody<T>(act: () => T): T {
  if (process.getuid?.() !== 0) return act();
  process.seteuid?.(65_534);
  try {
    return act();
  } finally {
    process.seteuid?.(0);
  }
}

const onUnix = process.platform === 'win32' ? describe.skip : describe;

onUnix('a place that cannot be written', () => {
  it.each(drivers)('is refused, and stays as it is: a file that may only be read, on %s', async (driver) => {
    const file = newFile();
    const store = sqlite(file, { driver });
    await play(store, { runId: 'r1' });
    await store.close();
    chmodSync(file, 0o444);
    chmodSync(dirname(file), 0o555);
    const before = readFileSync(file);
    expect(() => asNobody(() => sqlite(file, { driver, timeout: 0 }))).toThrow(
      expect.objectContaining({
        code: 'store-invalid',
        message: expect.stringContaining(`The store '${file}' cannot be opened: `),
        hint: expect.stringMatching(
          /^(Make the file and its folder writable|Check the path, and that this process may)/,
        ),
      }),
    );
    expect(readFileSync(file)).toEqual(before);
    chmodSync(dirname(file), 0o755);
  });

  it.each(drivers)('is refused: a folder in which no file may be made, on %s', (driver) => {
    const folder = join(dirname(newFile()), 'closed');
    mkdirSync(folder, { mode: 0o555 });
    chmodSync(dirname(folder), 0o755);
    const file = join(folder, 'runs.db');
    expect(() => asNobody(() => sqlite(file, { driver }))).toThrow(
      expect.objectContaining({
        code: 'store-invalid',
        hint: 'Check the path, and that this process may use its folder.',
      }),
    );
    expect(() => asNobody(() => sqlite(join(folder, 'deeper/runs.db'), { driver }))).toThrow(
      expect.objectContaining({ code: 'store-invalid', message: expect.stringContaining('EACCES') }),
    );
  });
});

/** Another process that keeps all others from writing, until it is told to let go. */
async function lock(file: string): Promise<() => Promise<void>> {
  const program = `
    const database = new (require('node:sqlite').DatabaseSync)(process.argv[1]);
    database.exec('BEGIN IMMEDIATE');
    console.log('locked');
    process.stdin.once('data', () => { database.exec('ROLLBACK'); database.close(); process.exit(); });
  `;
  const child = spawn(process.execPath, ['-e', program, file], { stdio: ['pipe', 'pipe', 'inherit'], timeout: 30_000 });
  await new Promise((resolve) => child.stdout.once('data', resolve));
  return async () => {
    const end = new Promise((resolve) => child.once('close', resolve));
    child.stdin.write('go\n');
    await end;
  };
}

describe.each(drivers)('a file that another process has locked, on %s', (driver) => {
  it('is waited for: reading goes on, and writing when it may', async () => {
    const file = newFile();
    await using store = sqlite(file, { driver, timeout: '30s' });
    const lease = await store.create(startOf({ runId: 'r1' }), 'a');
    const unlock = await lock(file);
    const appends = [1, 2, 3].map((seq) => store.append(lease, stepOf('r1', seq, 'v')));
    expect(store.read('r1')).toHaveLength(1);
    await unlock();
    await Promise.all(appends);
    expect(store.read('r1').map(({ seq }) => seq)).toEqual([0, 1, 2, 3]);
  });

  it('is given up after the timeout, with nothing lost that was kept, and no gap', async () => {
    const file = newFile();
    const store = sqlite(file, { driver, timeout: '50ms' });
    const lease = await store.create(startOf({ runId: 'r1' }), 'a');
    const unlock = await lock(file);
    const appends = [1, 2, 3].map((seq) => store.append(lease, stepOf('r1', seq, 'v')));
    for (const append of appends) {
      await expect(append).rejects.toMatchObject({
        code: 'store-failed',
        retryable: true,
        message: `The store '${file}' failed: database is locked.`,
        hint: expect.stringContaining('Raise `timeout`, or end that process.'),
      });
    }
    await unlock();
    await store.append(lease, stepOf('r1', 1, 'again'));
    expect(store.read('r1')).toMatchObject([{ seq: 0 }, { seq: 1, value: 'again' }]);
    await store.close();
  });
});

describe('a file of another version', () => {
  // As files of the versions that were released are: made by the migrations that there were then.
  it.each(Array.from({ length: migrations.length + 1 }, (_, version) => version))(
    'is brought up to date: version %i',
    async (version) => {
      const file = newFile();
      const old = openFile(file);
      if (version > 0) migrate(old, file, migrations.slice(0, version));
      old.close();
      await using store = sqlite(file);
      await play(store, { runId: 'r1', endsAt: 1 });
      expect(store.read('r1')).toHaveLength(3);
      expect(await store.check()).toEqual([]);
    },
  );

  it.each(drivers)('is refused where it is newer, and says what to do, on %s', async (driver) => {
    const file = newFile();
    const newer = openFile(file, driver);
    migrate(newer, file, [...migrations, 'CREATE TABLE from_the_future (x)']);
    newer.close();
    const before = readFileSync(file);
    expect(() => sqlite(file, { driver })).toThrow(
      expect.objectContaining({ code: 'store-invalid', hint: expect.stringContaining('Update @espalier/sqlite') }),
    );
    expect(readFileSync(file)).toEqual(before);
  });
});

describe.each(drivers)('what is no store, on %s', (driver) => {
  it.each([
    ['a text', 'Dear diary, '.repeat(100)],
    ['a picture', Buffer.concat([Buffer.from('\x89PNG\r\n'), Buffer.alloc(5000, 7)])],
    ['a few letters', 'abc'],
    ['the beginning of one', Buffer.from('SQLite format 3\0')],
  ])('is refused, and stays as it is: %s', (_what, content) => {
    const file = newFile();
    writeFileSync(file, content);
    const before = readFileSync(file);
    expect(() => sqlite(file, { driver })).toThrow(
      expect.objectContaining({ code: 'store-invalid', message: expect.stringContaining(`'${file}'`) }),
    );
    expect(readFileSync(file)).toEqual(before);
  });
});

describe('a clock that is set back', () => {
  it('makes nobody hold a run twice, and a lease ends as soon as it would have, once its process has shown a sign of life', async () => {
    const file = newFile();
    const virtual = new VirtualClock();
    let shift = 0;
    const clock: Clock = { now: () => virtual.now() + shift, setTimer: (...timer) => virtual.setTimer(...timer) };
    await using one = sqlite(file, { clock, lease: '9s' });
    await using other = sqlite(file, { clock, lease: '9s' });
    const pass = async (seconds: number) => {
      for (let second = 0; second < seconds; second++) {
        await virtual.advance(1000);
        await other.answer('none', { node: '', step: '', value: null }).catch(() => {});
        await one.answer('none', { node: '', step: '', value: null }).catch(() => {});
      }
    };
    const lease = await one.create(startOf({ runId: 'r1' }), 'a');
    shift = -3_600_000;
    await pass(30);
    await expect(other.acquire('r1', 'b')).rejects.toMatchObject({ code: 'run-owned' });
    await one.append(lease, stepOf('r1', 1, 'v'));
    const until = (await other.acquire('r1', 'b').catch((error) => error.details.until)) as number;
    expect(until - clock.now()).toBeLessThanOrEqual(9000);
    expect(await one.answer('r1', { node: 'n', step: 's', value: 1 })).toBe(true);
    expect(await other.answer('r1', { node: 'n', step: 's', value: 2 })).toBe(false);
  });
});

describe('a large journal', () => {
  it('holds an output of 100 MB, once', async () => {
    const file = newFile();
    await using store = sqlite(file, { retention: false });
    const value = 'x'.repeat(100_000_000);
    const lease = await store.create(startOf({ runId: 'r1' }), 'a');
    await store.append(lease, stepOf('r1', 1, value));
    await store.append(lease, { ...stepOf('r1', 2, value), step: 'step:again' } as JournalRecord);
    const records = store.read('r1') as readonly { readonly value?: string }[];
    expect(records.map((record) => record.value?.length)).toEqual([undefined, value.length, value.length]);
    expect(records[2]?.value === value).toBe(true);
    await store.vacuum(); // what is in the log
    expect(statSync(file).size).toBeLessThan(102_000_000);
  });

  it('finds what it looks for by indexes, however many records there are', async () => {
    const file = newFile();
    const asked = new Set<string>();
    const opened: Database[] = [];
    const store = sqlite(file, {
      retention: '1 day',
      driver: (path) => {
        const database = driverOf('node:sqlite')(path) as Database;
        opened.push(database);
        const prepare = (sql: string) => {
          asked.add(sql);
          return database.prepare(sql);
        };
        return { exec: (sql) => database.exec(sql), prepare, close: () => database.close() };
      },
    });
    const runs = Array.from({ length: 500 }, (_, index) => ({ runId: `r${index}`, records: 100, value: 'v' }));
    await Promise.all(runs.map((run, index) => play(store, { ...run, ...(index % 2 === 0 ? { endsAt: 5 } : {}) })));
    expect(store.list()).toHaveLength(500);
    for (const filter of [{ ended: false }, { status: 'completed' as const }, { due: 0 }, { parent: null }]) {
      expect(store.list({ ...filter, limit: 10 })).toHaveLength(10);
    }
    expect(store.read('r499')).toHaveLength(100);
    expect(store.read('r499', 98)).toHaveLength(2);
    expect(store.find('r250')).toMatchObject({ ended: true });
    expect(store.answered('r1', 'n', 's')).toBeUndefined();
    expect(await store.verify('r499')).toMatchObject({ records: 100, faults: [] });
    expect(await store.prune({ olderThan: 0 })).toEqual({ runs: 250, records: 25_000, damaged: 0 });
    const plans = [...asked]
      .filter((sql) => /^(SELECT|INSERT|UPDATE|DELETE)/.test(sql))
      .map((sql) => ({ sql, plan: (opened[0] as Database).prepare(`EXPLAIN QUERY PLAN ${sql}`).all() }));
    expect(plans.length).toBeGreaterThan(20);
    const scans = plans.filter(({ plan }) =>
      plan.some(({ detail }) =>
        /^SCAN (x|records|blobs|b|u|blob_runs|answers|a|thread_entries)\b(?!.*INDEX)/.test(String(detail)),
      ),
    );
    expect(scans).toEqual([]);
    await store.close();
  });
});
