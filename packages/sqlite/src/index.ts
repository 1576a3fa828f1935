export type { SqliteDatabase, SqliteDriver, SqliteStatement } from './database/database.js';
export { type SqliteOptions, sqlite } from './sqlite.js';
export { SqliteStore } from './sqlite-store.js';
