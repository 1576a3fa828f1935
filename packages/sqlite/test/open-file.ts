import { betterDriver } from '../src/database/better-driver.js';
import type { Database } from '../src/database/database.js';
import { nodeDriver } from '../src/database/node-driver.js';

/**
 * A connection of one's own to a file, as it is: to look into it, or to be in the way. With the driver of who has it open in this
 * process: two SQLite libraries do not see each other's locks within one.
 */
export function openFile(file: string, driver = 'node:sqlite'): Database {
  const database = (driver === 'node:sqlite' ? nodeDriver(file) : betterDriver(file)) as Database;
  database.exec('PRAGMA busy_timeout = 20');
  return database;
}
