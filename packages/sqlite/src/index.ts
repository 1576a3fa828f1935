export type { BackupOptions } from './backup.js';
export type { SqliteDatabase, SqliteDriver, SqliteStatement } from './database/database.js';
export type { SecretKey, SqliteKey } from './database/sqlite-key.js';
export type { Pruned } from './pruning.js';
export { type SqliteOptions, sqlite } from './sqlite.js';
export { SqliteStore } from './sqlite-store.js';
