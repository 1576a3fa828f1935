import { randomUUID } from 'node:crypto';
import { closeSync, existsSync, fsyncSync, mkdirSync, openSync, renameSync, rmSync } from 'node:fs';
import { dirname } from 'node:path';
import { EspalierError } from '@espalier/core';
import { aside, type FileSource } from './database/aside.js';
import { driverOf } from './database/drivers.js';

export interface BackupOptions {
  /** Whether a file that is there is replaced. @default false */
  readonly overwrite?: boolean;
}

/** Copies a store as it is at one moment, while it is written. The copy is there whole or not at all. */
export async function backUp(source: FileSource, target: string, { overwrite = false }: BackupOptions): Promise<void> {
  assertFree(source.file, target, overwrite);
  mkdirSync(dirname(target), { recursive: true });
  const part = `${target}.${randomUUID()}`;
  try {
    await aside(source, { sql: 'VACUUM INTO ?', call: 'run', values: [part] }); // one read, which holds up nobody
    forgetProcesses(source, part);
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

/** Nobody holds a run of the copy, and nobody waits there for another process. */
function forgetProcesses({ driver }: FileSource, part: string): void {
  const copy = driverOf(driver)(part);
  try {
    copy.exec('BEGIN; DELETE FROM sessions; DELETE FROM requests; COMMIT');
  } finally {
    copy.close();
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
