import { randomUUID } from 'node:crypto';
import { closeSync, existsSync, fsyncSync, mkdirSync, openSync, renameSync, rmSync } from 'node:fs';
import { dirname } from 'node:path';
import { Worker } from 'node:worker_threads';
import { EspalierError } from '@espalier/core';
import type { SqliteDatabase } from './database/database.js';
import { type Driver, driverOf } from './database/drivers.js';

export interface BackupOptions {
  /** Whether a file that is there is replaced. @default false */
  readonly overwrite?: boolean;
}

export interface BackupSource {
  readonly file: string;
  readonly driver: Driver;
  /** How long others may be in the way, in milliseconds. */
  readonly timeout: number;
}

/**
 * Copies a store as it is at one moment, while it is written. The copy is there whole or not at all.
 *
 * It is made in a thread of its own, so that this process goes on with its runs; a driver that is a function cannot go there.
 */
export async function backUp(
  source: BackupSource,
  target: string,
  { overwrite = false }: BackupOptions,
): Promise<void> {
  assertFree(source.file, target, overwrite);
  mkdirSync(dirname(target), { recursive: true });
  const part = `${target}.${randomUUID()}`;
  try {
    await (typeof source.driver === 'function' ? copyHere(source, part) : copyAside(source, part));
    // Nobody holds a run of the copy, and nobody waits there for another process.
    within(driverOf(source.driver)(part), (copy) =>
      copy.exec('BEGIN; DELETE FROM sessions; DELETE FROM requests; COMMIT'),
    );
    waitForDisk(part);
    assertFree(source.file, target, overwrite);
    renameSync(part, target);
    if (process.platform !== 'win32') waitForDisk(dirname(target)); // where folders cannot be opened
  } finally {
    rmSync(part, { force: true });
  }
}

function assertFree(file: string, target: string, overwrite: boolean): void {
  if (target === file) throw refused(target, 'that is the store itself');
  if (existsSync(`${target}-wal`)) throw refused(target, 'it is a store that is open, or was not closed');
  if (existsSync(target) && !overwrite)
    throw refused(target, 'it exists', 'Name another file, or pass { overwrite: true }.');
}

const refused = (target: string, why: string, hint = 'Name another file.'): EspalierError =>
  new EspalierError('store-invalid', `No backup can be written to '${target}': ${why}.`, { hint });

/** One read, which holds up nobody. */
const COPY = 'VACUUM INTO ?';

async function copyHere({ file, driver, timeout }: BackupSource, part: string): Promise<void> {
  within(driverOf(driver)(file), (database) => {
    database.exec(`PRAGMA busy_timeout = ${timeout}`);
    database.prepare(COPY).run(part);
  });
}

/** The same, for a thread. */
const PROGRAM = `
  const { file, driver, timeout, part, from } = require('node:worker_threads').workerData;
  const Database = driver === 'node:sqlite'
    ? require('node:sqlite').DatabaseSync
    : require('node:module').createRequire(from)(driver);
  const database = new Database(file);
  try {
    database.exec('PRAGMA busy_timeout = ' + timeout);
    database.prepare('${COPY}').run(part);
  } finally {
    database.close();
  }
`;

function copyAside(source: BackupSource, part: string): Promise<void> {
  const worker = new Worker(PROGRAM, { eval: true, workerData: { ...source, part, from: import.meta.url } });
  return new Promise((resolve, reject) => {
    worker.on('error', reject);
    worker.on('exit', () => resolve());
  });
}

function within(database: SqliteDatabase, act: (database: SqliteDatabase) => void): void {
  try {
    act(database);
  } finally {
    database.close();
  }
}

function waitForDisk(path: string): void {
  const handle = openSync(path, 'r');
  try {
    fsyncSync(handle);
  } finally {
    closeSync(handle);
  }
}
