import { mkdirSync, statSync } from 'node:fs';
import { dirname } from 'node:path';
import { EspalierError } from '@espalier/core';
import type { Database, SqliteDriver } from './database.js';
import { isBusy, storeInvalid } from './failure.js';
import { addFileKey, fileKey } from './file-key.js';
import { fileVersion, migrate } from './migrate.js';
import { migrations } from './migrations.js';

/** How long one statement may wait for another process, in milliseconds: nothing else runs then. Longer waits are made of several. */
const BUSY = 20;

export interface OpenFile {
  readonly database: Database;
  /** What its bodies are encrypted with; nothing where they are not. */
  readonly fileKey: Uint8Array | undefined;
}

/**
 * Opens a file, makes it if there is none, and brings it to the newest version.
 *
 * @param timeout how long other processes may keep it from that, in milliseconds
 * @param driver what opens it
 * @param key that of the user; a new file is encrypted where there is one
 * @throws store-invalid, store-key-invalid
 */
export function openDatabase(file: string, timeout: number, driver: SqliteDriver, key?: Uint8Array): OpenFile {
  let database: Database | undefined;
  try {
    mkdirSync(dirname(file), { recursive: true });
    assertNotCut(file);
    const opened = driver(file) as Database;
    database = opened;
    return patiently(timeout, () => {
      prepareFile(opened, file, key);
      return { database: opened, fileKey: fileKey(opened, file, key) };
    });
  } catch (error) {
    database?.close();
    throw storeInvalid(file, error);
  }
}

function prepareFile(database: Database, file: string, key: Uint8Array | undefined): void {
  // Drivers' own options of this meaning differ, and are not in all versions of Node 22.
  database.exec(`PRAGMA busy_timeout = ${BUSY}`);
  const version = fileVersion(database, file, migrations.length); // before anything is changed
  if (version === 0) database.exec('PRAGMA auto_vacuum = INCREMENTAL'); // it has to come first
  const mode = database.prepare('PRAGMA journal_mode = WAL').get()?.journal_mode;
  if (mode !== 'wal') throw noWal(file, mode);
  // What has been committed is on the disk. The second is for macOS, where a sync alone is not enough.
  database.exec('PRAGMA synchronous = FULL');
  database.exec('PRAGMA fullfsync = ON');
  // What is deleted is overwritten where its page is written anyway. Pages that become free keep it, until they are used again.
  database.exec('PRAGMA secure_delete = FAST');
  // After a large record the log gives its space back.
  database.exec('PRAGMA journal_size_limit = 67108864');
  migrate(database, file, migrations, () => {
    if (key !== undefined) addFileKey(database, key);
  });
}

/** Tries again while another process is in the way. Blocks: a program that opens its store has nothing else to do. */
function patiently<T>(timeout: number, act: () => T): T {
  const end = performance.now() + timeout;
  for (;;) {
    try {
      return act();
    } catch (error) {
      if (!isBusy(error) || performance.now() > end) throw error;
      Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 10);
    }
  }
}

/** SQLite takes a file that is shorter than its smallest page for an empty one, and would begin it anew. */
function assertNotCut(file: string): void {
  const size = statSync(file, { throwIfNoEntry: false })?.size ?? 0;
  if (size === 0 || size >= 512) return;
  throw new EspalierError(
    'store-invalid',
    `The store '${file}' cannot be opened: it has ${size} bytes, no whole page.`,
    {
      hint: 'It was cut, or is something else. Put it aside, and restore a copy.',
      details: { file, size },
    },
  );
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
