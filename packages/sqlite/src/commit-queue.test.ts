import { EspalierError } from '@espalier/core';
import { describe, expect, it } from '@jest/globals';
import { newFile } from '../test/new-file.js';
import { openFile } from '../test/open-file.js';
import { CommitQueue, type CommitQueueOptions } from './commit-queue.js';
import type { Database } from './database/database.js';

/** A queue on a file with one table, and how many transactions it committed. */
function open({
  file = newFile(),
  prepared = 'CREATE TABLE IF NOT EXISTS t (x)',
  ...options
}: Partial<CommitQueueOptions> & { readonly prepared?: string } = {}) {
  const database = openFile(file);
  database.exec('PRAGMA journal_mode = WAL');
  database.exec(prepared);
  let commits = 0;
  const counting: Database = {
    exec: (sql) => database.exec(sql),
    close: () => database.close(),
    prepare: (sql) => {
      const statement = database.prepare(sql);
      if (sql !== 'COMMIT') return statement;
      return {
        run: () => {
          commits += 1;
          return statement.run();
        },
        get: () => undefined,
        all: () => [],
      };
    },
  };
  const queue = new CommitQueue(counting, { file, timeout: 1000, ...options });
  const insert = database.prepare('INSERT INTO t (x) VALUES (?)');
  const write = (value: number | string) => queue.run(() => insert.run(value));
  const values = (): readonly unknown[] =>
    database
      .prepare('SELECT x FROM t ORDER BY rowid')
      .all()
      .map(({ x }) => x);
  return { file, database, queue, write, values, commits: () => commits };
}

const upTo = (count: number): number[] => Array.from({ length: count }, (_, index) => index);

describe('CommitQueue', () => {
  it('Q1 resolves when it is committed: another connection sees it', async () => {
    const { file, write, database } = open();
    const other = openFile(file);
    const promise = write(1);
    expect(other.prepare('SELECT count(*) AS n FROM t').get()?.n).toBe(0);
    await promise;
    expect(other.prepare('SELECT count(*) AS n FROM t').get()?.n).toBe(1);
    other.close();
    database.close();
  });

  it('Q2 makes the changes of one tick in one transaction, in order', async () => {
    const { write, values, commits, database } = open();
    const settled: number[] = [];
    await Promise.all(upTo(500).map((value) => write(value).then(() => settled.push(value))));
    expect(values()).toEqual(upTo(500));
    expect(settled).toEqual(upTo(500));
    expect(commits()).toBe(1);
    database.close();
  });

  it('lets the event loop go on between large transactions', async () => {
    const { write, commits, database } = open();
    let turns = 0;
    const turn = setInterval(() => {
      turns += 1;
    }, 0);
    const all = Promise.all(upTo(2500).map(write));
    await all;
    clearInterval(turn);
    expect(commits()).toBe(3);
    expect(turns).toBeGreaterThan(0);
    database.close();
  });

  it('Q3 leaves the others alone where one is refused', async () => {
    const { queue, write, values, commits, database } = open();
    const refusal = new EspalierError('run-fenced', 'no');
    const results = await Promise.allSettled([
      write(1),
      queue.run(() => {
        throw refusal;
      }),
      write(2),
    ]);
    expect(results.map(({ status }) => status)).toEqual(['fulfilled', 'rejected', 'fulfilled']);
    expect((results[1] as PromiseRejectedResult).reason).toBe(refusal);
    expect(values()).toEqual([1, 2]);
    expect(commits()).toBe(1);
    database.close();
  });

  it('Q3 leaves the others alone where SQLite cannot make one', async () => {
    const { file, write, values, database } = open({ prepared: 'CREATE TABLE t (x CHECK (x <> 2))' });
    const results = await Promise.allSettled([write(1), write(2), write(3)]);
    expect(results.map(({ status }) => status)).toEqual(['fulfilled', 'rejected', 'fulfilled']);
    expect((results[1] as PromiseRejectedResult).reason).toMatchObject({
      code: 'store-failed',
      message: `The store '${file}' failed: CHECK constraint failed: x <> 2.`,
      retryable: true,
    });
    expect(values()).toEqual([1, 3]);
    database.close();
  });

  it('Q3 keeps what fits where the disk is full', async () => {
    const { file, write, values, database } = open();
    database.exec('PRAGMA max_page_count = 20');
    const results = await Promise.allSettled(['a', 'x'.repeat(100_000), 'b'].map((value) => write(value)));
    expect(results.map(({ status }) => status)).toEqual(['fulfilled', 'rejected', 'fulfilled']);
    expect((results[1] as PromiseRejectedResult).reason).toMatchObject({
      code: 'store-failed',
      message: `The store '${file}' failed: database or disk is full.`,
      hint: 'Free space on the disk. Runs that were parked can be resumed then.',
    });
    expect(values()).toEqual(['a', 'b']);
    database.close();
  });

  it('Q3 leaves them alone also where another process begins to write just then', async () => {
    const file = newFile();
    const other = openFile(file);
    const isFirst = [true];
    const { write, values, database } = open({
      file,
      prepared: 'CREATE TABLE t (x CHECK (x <> 2))',
      undone: () => {
        if (isFirst.pop()) other.exec('BEGIN IMMEDIATE');
      },
    });
    const all = Promise.allSettled([write(1), write(2), write(3)]);
    setTimeout(() => other.exec('COMMIT'), 50);
    expect(Array.from(await all, ({ status }) => status)).toEqual(['fulfilled', 'rejected', 'fulfilled']);
    expect(values()).toEqual([1, 3]);
    other.close();
    database.close();
  });

  it('waits for another process that writes, and lets the event loop go on meanwhile', async () => {
    const { file, write, values, database } = open();
    const other = openFile(file);
    other.exec('BEGIN IMMEDIATE');
    const promise = write(1);
    let turns = 0;
    await new Promise<void>((resolve) => {
      const turn = setInterval(() => {
        turns += 1;
        if (turns < 3) return;
        clearInterval(turn);
        resolve();
      }, 1);
    });
    expect(values()).toEqual([]);
    other.exec('COMMIT');
    await promise;
    expect(values()).toEqual([1]);
    other.close();
    database.close();
  });

  it('Q4 gives up in the end, and works again later', async () => {
    const { file, write, values, database } = open({ timeout: 30 });
    const other = openFile(file);
    other.exec('BEGIN IMMEDIATE');
    const results = await Promise.allSettled([write(1), write(2)]);
    for (const result of results) {
      expect((result as PromiseRejectedResult).reason).toMatchObject({
        code: 'store-failed',
        message: `The store '${file}' failed: database is locked.`,
        hint: expect.stringContaining('Raise `timeout`'),
      });
    }
    other.exec('ROLLBACK');
    await write(3);
    expect(values()).toEqual([3]);
    other.close();
    database.close();
  });

  it('makes a last change after all others, and takes none after it', async () => {
    const { queue, write, values, database } = open();
    const before = write(1);
    await queue.close(() => database.exec('INSERT INTO t VALUES (2)'));
    await before;
    await expect(write(3)).rejects.toMatchObject({ code: 'store-failed', retryable: false });
    expect(values()).toEqual([1, 2]);
    database.close();
  });
});
