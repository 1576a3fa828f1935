import type { DatabaseSync } from 'node:sqlite';
import { EspalierError } from '@espalier/core';
import type { SqliteDatabase } from './database.js';

type SqliteModule = { readonly DatabaseSync: typeof DatabaseSync };

/** The SQLite that is built into Node. @throws store-invalid where this Node has none */
export function nodeDriver(file: string): SqliteDatabase {
  // Asked for by name: an import of it ends a program on an older Node without a word of what is missing.
  const module = process.getBuiltinModule?.('node:sqlite') as SqliteModule | undefined;
  if (module === undefined) throw noSqlite(process.version);
  return new module.DatabaseSync(file);
}

export const noSqlite = (version: string): EspalierError =>
  new EspalierError('store-invalid', `This is Node ${version}, which has no node:sqlite.`, {
    hint:
      '@espalier/sqlite needs Node 22.13 or newer, and Node 24 to be free of its warning that SQLite is experimental. ' +
      "Or run `npm install better-sqlite3`, and write `sqlite(path, { driver: 'better-sqlite3' })`.",
  });
