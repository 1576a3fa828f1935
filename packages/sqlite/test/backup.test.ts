import {
  chmodSync,
  copyFileSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  truncateSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import { dirname, join } from 'node:path';
import { Agent, createEspalier, DependsOn, defineWorkflow, type RunContext } from '@espalier/core';
import { describe, expect, it, jest } from '@jest/globals';
import { z } from 'zod';
import { betterDriver } from '../src/database/better-driver.js';
import { type SqliteOptions, sqlite } from '../src/index.js';
import { drivers } from './drivers.js';
import { play } from './histories.js';
import { newFile } from './new-file.js';
import { startWorker } from './processes/worker.js';

jest.setTimeout(60_000);

const beside = (file: string, name: string): string => join(dirname(file), name);

const looked: string[] = [];

@Agent()
class Check {
  run(order: string, ctx: RunContext): Promise<number> {
    return ctx.step('look up', () => {
      looked.push(order);
      return 120;
    });
  }
}

@Agent()
@DependsOn(Check)
class Refund {
  async run(amount: number, ctx: RunContext): Promise<string> {
    return `${amount} by ${await ctx.waitFor('approval', z.string())}`;
  }
}

const refund = defineWorkflow({ name: 'refund', version: 1, output: Refund });

const ways: readonly (readonly [string, NonNullable<SqliteOptions['driver']>])[] = [
  ...drivers.map((driver) => [driver, driver] as const),
  ['a driver of its own', betterDriver],
];

describe.each(ways)('backup, on %s', (_name, driver) => {
  it('is a store of the moment, whoever writes meanwhile: histories are whole, and have what was acknowledged', async () => {
    const file = newFile();
    const copy = beside(file, 'backups/copy.db');
    await using store = sqlite(file, { driver, retention: false });
    const large = 'x'.repeat(5000);
    const before = Array.from({ length: 60 }, (_, index) => `before${index}`);
    await Promise.all(before.map((runId) => play(store, { runId, records: 50, endsAt: 1, value: large })));
    // Another process writes all the time, and so does this one.
    const orders = { effects: beside(file, 'effects'), kept: beside(file, 'kept'), resume: false, ahead: 0 };
    const start = Array.from({ length: 30 }, (_, index) => `other${index}`);
    const other = startWorker({
      ...orders,
      name: 'other',
      file,
      start,
      ...(typeof driver === 'string' ? { driver } : {}),
    });
    await other.says(({ status }) => status === 'completed');
    let isDone = false;
    const backup = store.backup(copy).then(() => {
      isDone = true;
    });
    let during = 0;
    for (; !isDone; during++) await play(store, { runId: `during${during}`, records: 5, endsAt: 1 });
    await backup;
    expect(await other.end).toBe(0);
    if (typeof driver === 'string') expect(during).toBeGreaterThan(0);
    await using copied = sqlite(copy, { driver });
    const runs = copied.list();
    expect(runs.map(({ runId }) => runId)).toEqual(expect.arrayContaining(before));
    for (const { runId, ended, owned } of runs) {
      expect(await copied.verify(runId)).toMatchObject({ faults: [] });
      expect(owned).toBe(false);
      if (ended) expect(copied.read(runId).at(-1)).toMatchObject({ type: 'run-end' });
    }
  });

  it('has runs that can be resumed there, while the store goes on with them', async () => {
    const file = newFile();
    const copy = beside(file, 'copy.db');
    looked.length = 0;
    await using store = sqlite(file, { driver });
    await using espalier = await createEspalier({ workflows: [refund], store });
    const run = espalier.start(refund, 'order 7', { runId: 'r1' });
    for await (const { type } of run) if (type === 'run-suspend') break;
    expect(store.find('r1')).toMatchObject({ owned: true });
    await store.backup(copy);
    await espalier.signal('r1', 'approval', 'Ada');
    expect(await run.result).toBe('120 by Ada');
    await using copied = sqlite(copy, { driver });
    await using elsewhere = await createEspalier({ workflows: [refund], store: copied });
    expect(copied.list()).toMatchObject([{ runId: 'r1', ended: false, owned: false }]);
    const resumed = await elsewhere.resume<string>('r1');
    await elsewhere.signal('r1', 'approval', 'Bob');
    expect(await resumed.result).toBe('120 by Bob');
    expect(looked).toEqual(['order 7']);
  });

  it('is encrypted as the store is', async () => {
    const file = newFile();
    const key = Buffer.alloc(32, 7);
    await using store = sqlite(file, { driver, key });
    await play(store, { runId: 'r1', value: 'a secret' });
    const copy = beside(file, 'copy.db');
    await store.backup(copy);
    expect(readFileSync(copy).includes('a secret')).toBe(false);
    expect(() => sqlite(copy, { driver })).toThrow(expect.objectContaining({ code: 'store-key-invalid' }));
    await using copied = sqlite(copy, { driver, key });
    expect(copied.read('r1')).toEqual(store.read('r1'));
  });

  it('replaces a file only where that is wanted, and never a store that is open', async () => {
    const file = newFile();
    const copy = beside(file, 'copy.db');
    await using store = sqlite(file, { driver });
    writeFileSync(copy, 'a letter');
    const refused = (why: string, hint: string) => ({
      code: 'store-invalid',
      message: `No backup can be written to '${copy}': ${why}.`,
      hint,
    });
    await expect(store.backup(copy)).rejects.toMatchObject(
      refused('it exists', 'Name another file, or pass { overwrite: true }.'),
    );
    expect(readFileSync(copy, 'utf8')).toBe('a letter');
    await play(store, { runId: 'r1' });
    await store.backup(copy, { overwrite: true });
    await play(store, { runId: 'r2' });
    await store.backup(copy, { overwrite: true });
    await using copied = sqlite(copy, { driver });
    expect(copied.list()).toHaveLength(2);
    await expect(store.backup(copy, { overwrite: true })).rejects.toMatchObject(
      refused('it is a store that is open, or was not closed', 'Name another file.'),
    );
    await expect(store.backup(file, { overwrite: true })).rejects.toMatchObject({
      message: `No backup can be written to '${file}': that is the store itself.`,
    });
    await expect(store.backup('')).rejects.toMatchObject({ code: 'option-invalid' });
  });

  it('may be read by those who may read the store, and by no one else, also while it is written', async () => {
    if (process.platform === 'win32') return; // it has no such modes
    const file = newFile();
    await using store = sqlite(file, { driver });
    await play(store, { runId: 'r1', records: 300, value: 'x'.repeat(5000) });
    chmodSync(file, 0o600);
    const folder = beside(file, 'copies');
    const copy = join(folder, 'copy.db');
    mkdirSync(folder);
    writeFileSync(copy, '', { mode: 0o644 });
    const modes = new Set<number>();
    const backup = store.backup(copy, { overwrite: true });
    rmSync(copy);
    for (let isDone = false; !isDone; ) {
      isDone = await Promise.race([backup.then(() => true), new Promise<false>((go) => setImmediate(go, false))]);
      for (const name of readdirSync(folder)) {
        const stats = statSync(join(folder, name), { throwIfNoEntry: false });
        if (stats !== undefined) modes.add(stats.mode & 0o777);
      }
    }
    expect([...modes]).toEqual([0o600]);
    chmodSync(file, 0o640);
    await store.backup(copy, { overwrite: true });
    expect(statSync(copy).mode & 0o777).toBe(0o640);
    expect(readdirSync(folder)).toEqual(['copy.db']);
  });

  it('removes what a backup has left that was cut off, and nothing else', async () => {
    const file = newFile();
    await using store = sqlite(file, { driver });
    const id = '01234567-89ab-cdef-0123-456789abcdef';
    const mine = [`copy.db.${id}.part`, `copy.db.${id}.part-journal`];
    const others = [`copy.db.${id}`, `copy.db.old.part`, `other.db.${id}.part`, `x.copy.db.${id}.part`];
    const folder = dirname(file);
    const hoursAgo = new Date(Date.now() - 2 * 3_600_000);
    for (const name of [...mine, ...others]) {
      writeFileSync(join(folder, name), 'x');
      utimesSync(join(folder, name), hoursAgo, hoursAgo);
    }
    const underWay = `copy.db.${id.replace('0', '9')}.part`; // another process makes it
    writeFileSync(join(folder, underWay), 'x');
    await store.backup(join(folder, 'copy.db'));
    const names = readdirSync(folder).filter((name) => !name.startsWith('runs.db'));
    expect(names.sort()).toEqual(['copy.db', underWay, ...others].sort());
  });

  it('takes no place beside which there is the journal of another file', async () => {
    const file = newFile();
    await using store = sqlite(file, { driver });
    const copy = beside(file, 'copy.db');
    writeFileSync(`${copy}-journal`, 'x');
    await expect(store.backup(copy)).rejects.toMatchObject({
      message: `No backup can be written to '${copy}': it is a store that is open, or was not closed.`,
    });
  });

  it('is not there at all where it cannot be made', async () => {
    const file = newFile();
    const folder = beside(file, 'copies');
    mkdirSync(folder);
    const store = sqlite(file, { driver });
    await play(store, { runId: 'r1', records: 300, value: 'x'.repeat(5000) });
    await store.close();
    const broken = beside(file, 'broken.db');
    copyFileSync(file, broken);
    const damaged = sqlite(broken, { driver, retention: false });
    truncateSync(broken, 400_000);
    await expect(damaged.backup(join(folder, 'copy.db'))).rejects.toMatchObject({
      code: 'store-failed',
      message: expect.stringContaining(`The store '${broken}' failed: database disk image is malformed`),
      hint: 'The file is damaged. Put it aside, and restore a copy.',
    });
    expect(readdirSync(folder)).toEqual([]);
    writeFileSync(join(folder, 'file'), '');
    await expect(damaged.backup(join(folder, 'file/copy.db'))).rejects.toMatchObject({
      code: 'store-failed',
      message: expect.stringMatching(/ENOTDIR|EEXIST/),
    });
    await expect(damaged.close()).rejects.toMatchObject({ code: 'store-failed' });
    await expect(damaged.backup(join(folder, 'copy.db'))).rejects.toMatchObject({
      message: expect.stringContaining('is closed'),
    });
    expect(existsSync(join(folder, 'copy.db'))).toBe(false);
  });
});
