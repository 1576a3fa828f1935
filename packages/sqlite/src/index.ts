export { type SqliteOptions, sqlite } from './sqlite.js';
export { SqliteStore } from './sqlite-store.js';
