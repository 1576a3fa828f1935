import { randomUUID } from 'node:crypto';
import {
  chmodSync,
  closeSync,
  existsSync,
  fsyncSync,
  mkdirSync,
  openSync,
  readdirSync,
  renameSync,
  rmSync,
  statSync,
} from 'node:fs';
import { basename, dirname, join } from 'node:path';
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
  removeLeftovers(target);
  const part = `${target}.${randomUUID()}.part`;
  try {
    makeEmpty(part, source.file);
    await aside(source, { sql: 'VACUUM INTO ?', call: 'run', values: [part] }); // one read, which holds up nobody
    forgetProcesses(source, part);
    waitForDisk(part);
    assertFree(source.file, target, overwrite);
    renameSync(part, target);
    if (process.platform !== 'win32') waitForDisk(dirname(target)); // where folders cannot be opened
  } finally {
    for (const path of [part, `${part}-journal`]) rmSync(path, { force: true });
  }
}

/** Who may not read the store may not read its copy, at no time. */
function makeEmpty(part: string, file: string): void {
  closeSync(openSync(part, 'wx', 0o600));
  chmodSync(part, statSync(file).mode & 0o777);
}

/** After this time a part that nobody has written to is one of a process that died, in milliseconds. */
const DEAD = 3_600_000;

/** Removes what copies that were cut off have left. Another process may be making one now. */
function removeLeftovers(target: string): void {
  const folder = dirname(target);
  const name = basename(target);
  for (const file of readdirSync(folder)) {
    const isPart = file.startsWith(`${name}.`) && /^\.[\da-f-]{36}\.part(-journal)?$/.test(file.slice(name.length));
    const path = join(folder, file);
    const changed = isPart ? statSync(path, { throwIfNoEntry: false })?.mtimeMs : undefined;
    if (changed !== undefined && Date.now() - changed > DEAD) rmSync(path, { force: true });
  }
}

function assertFree(file: string, target: string, overwrite: boolean): void {
  if (target === file) throw refused(target, 'that is the store itself');
  // Either log would be taken for one of the copy.
  if (existsSync(`${target}-wal`) || existsSync(`${target}-journal`))
    throw refused(target, 'it is a store that is open, or was not closed');
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
