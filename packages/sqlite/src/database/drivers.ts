import { EspalierError } from '@espalier/core';
import { betterDriver } from './better-driver.js';
import type { SqliteDriver } from './database.js';
import { nodeDriver } from './node-driver.js';

const drivers = { 'node:sqlite': nodeDriver, 'better-sqlite3': betterDriver } as const;

/** What opens a file: by name, or as a function. */
export type Driver = keyof typeof drivers | SqliteDriver;

/** @throws option-invalid where there is none of this name */
export function driverOf(driver: Driver): SqliteDriver {
  if (typeof driver === 'function') return driver;
  const known = Object.hasOwn(drivers, driver) ? drivers[driver] : undefined;
  if (known !== undefined) return known;
  const expected = `expected 'node:sqlite', 'better-sqlite3' or a function, got '${String(driver)}'`;
  throw new EspalierError('option-invalid', `sqlite({ driver }): ${expected}.`);
}
