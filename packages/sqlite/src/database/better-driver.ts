import { createRequire } from 'node:module';
import { EspalierError } from '@espalier/core';
import type { SqliteDatabase, SqliteDriver } from './database.js';

const require = createRequire(import.meta.url);

/** `better-sqlite3`, where it is installed. @throws store-invalid where it is not, or cannot be loaded */
export const betterDriver: SqliteDriver = (file) => betterDriverFrom(() => require('better-sqlite3'), file);

export function betterDriverFrom(load: () => unknown, file: string): SqliteDatabase {
  const BetterSqlite3 = loaded(load) as new (file: string) => SqliteDatabase;
  return new BetterSqlite3(file);
}

function loaded(load: () => unknown): unknown {
  try {
    return load();
  } catch (cause) {
    const isMissing = (cause as { readonly code?: unknown }).code === 'MODULE_NOT_FOUND';
    const message = isMissing ? 'better-sqlite3 is not installed.' : 'better-sqlite3 cannot be loaded: see `cause`.';
    const hint = isMissing ? 'Run `npm install better-sqlite3`' : 'Run `npm rebuild better-sqlite3`';
    throw new EspalierError('store-invalid', message, {
      hint: `${hint}, or leave \`driver\` out to use the SQLite that is built into Node.`,
      cause,
    });
  }
}
