import type { DatabaseSync } from 'node:sqlite';
import { EspalierError } from '@espalier/core';
import type { Database } from './database.js';

type SqliteModule = { readonly DatabaseSync: typeof DatabaseSync };

/**
 * A connection by the SQLite that is built into Node.
 *
 * @param busy how long a statement waits for another process, in milliseconds; nothing else of this process runs meanwhile
 * @throws store-invalid where this Node has no SQLite
 */
export function openNodeDatabase(file: string, busy: number): Database {
  // Asked for by name: an import of it ends a program on an older Node without a word of what is missing.
  const module = process.getBuiltinModule?.('node:sqlite') as SqliteModule | undefined;
  if (module === undefined) throw noSqlite(process.version);
  // The driver's types want parameters that can be changed.
  const database = new module.DatabaseSync(file) as unknown as Database;
  // The driver's option of this meaning is not in all versions of Node 22.
  database.exec(`PRAGMA busy_timeout = ${busy}`);
  return database;
}

export const noSqlite = (version: string): EspalierError =>
  new EspalierError('store-invalid', `This is Node ${version}, which has no node:sqlite.`, {
    hint: '@espalier/sqlite needs Node 22.13 or newer, and Node 24 to be free of its warning that SQLite is experimental.',
  });
