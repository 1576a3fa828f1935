import { mkdirSync } from 'node:fs';
import { dirname } from 'node:path';
import { EspalierError } from '@espalier/core';
import type { Database, SqliteDriver } from './database.js';
import { isBusy, storeInvalid } from './failure.js';
import { fileVersion, migrate } from './migrate.js';
import { migrations } from './migrations.js';

/** How long one statement may wait for another process, in milliseconds: nothing else runs then. Longer waits are made of several. */
const BUSY = 20;

/**
 * Opens a file, makes it if there is none, and brings it to the newest version.
 *
 * @param timeout how long other processes may keep it from that, in milliseconds
 * @param driver what opens it
 * @throws store-invalid
 */
export function openDatabase(file: string, timeout: number, driver: SqliteDriver): Database {
  let database: Database | undefined;
  try {
    mkdirSync(dirname(file), { recursive: true });
    const opened = driver(file) as Database;
    database = opened;
    patiently(timeout, () => prepareFile(opened, file));
    return database;
  } catch (error) {
    database?.close();
    throw storeInvalid(file, error);
  }
}

function prepareFile(database: Database, file: string): void {
  // Drivers' own options of this meaning differ, and are not in all versions of Node 22.
  database.exec(`PRAGMA busy_timeout = ${BUSY}`);
  fileVersion(database, file, migrations.length); // before anything is changed
  database.exec('PRAGMA auto_vacuum = INCREMENTAL'); // counts in a new file only, and has to come first
  const mode = database.prepare('PRAGMA journal_mode = WAL').get()?.journal_mode;
  if (mode !== 'wal') throw noWal(file, mode);
  // What has been committed is on the disk. The second is for macOS, where a sync alone is not enough.
  database.exec('PRAGMA synchronous = FULL');
  database.exec('PRAGMA fullfsync = ON');
  // After a large record the log gives its space back.
  database.exec('PRAGMA journal_size_limit = 67108864');
  migrate(database, file, migrations);
}

/** Tries again while another process is in the way. Blocks: a program that opens its store has nothing else to do. */
function patiently(timeout: number, act: () => void): void {
  const end = performance.now() + timeout;
  for (;;) {
    try {
      act();
      return;
    } catch (error) {
      if (!isBusy(error) || performance.now() > end) throw error;
      Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 10);
    }
  }
}

const noWal = (file: string, mode: unknown): EspalierError =>
  new EspalierError(
    'store-invalid',
    `The store '${file}' cannot use a write-ahead log: SQLite stays in mode '${mode}'.`,
    {
      hint: 'Put the file on a local disk: network file systems cannot share it between processes.',
      details: { file },
    },
  );
