import type { Database } from '../src/database/database.js';
import { nodeDriver } from '../src/database/node-driver.js';

/** A connection of one's own to a file, as it is: to look into it, or to be in the way. */
export function openFile(file: string): Database {
  const database = nodeDriver(file) as Database;
  database.exec('PRAGMA busy_timeout = 20');
  return database;
}
