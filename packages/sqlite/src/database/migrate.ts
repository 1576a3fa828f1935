import { EspalierError } from '@espalier/core';
import type { Database } from './database.js';
import { APPLICATION_ID } from './migrations.js';

const number = (database: Database, sql: string): number =>
  Object.values(database.prepare(sql).get() ?? {})[0] as number;

/**
 * The version of a file; 0 for an empty one. Read as it is at one moment: another process may just be making it.
 * @throws store-invalid where it is of something else, or newer than `known`
 */
export function fileVersion(database: Database, file: string, known: number): number {
  database.exec('BEGIN');
  try {
    return versionWithin(database, file, known);
  } finally {
    database.exec('COMMIT');
  }
}

/** The same, within a transaction. */
function versionWithin(database: Database, file: string, known: number): number {
  const version = number(database, 'PRAGMA user_version');
  const mark = number(database, 'PRAGMA application_id');
  const isEmpty = version === 0 && mark === 0 && number(database, 'SELECT count(*) FROM sqlite_master') === 0;
  if (!isEmpty && mark !== APPLICATION_ID) {
    throw new EspalierError('store-invalid', `'${file}' is a database of something else.`, {
      hint: 'Name a file of its own for the store. Nothing was changed.',
      details: { file },
    });
  }
  if (version > known) {
    throw new EspalierError(
      'store-invalid',
      `The store '${file}' has version ${version}: this @espalier/sqlite knows versions up to ${known}.`,
      {
        hint: 'Update @espalier/sqlite, or name another file. Nothing was changed.',
        details: { file, version, known },
      },
    );
  }
  return version;
}

/**
 * Brings a file to the newest version, in one transaction: it is whole or as it was, also where two processes open it.
 *
 * @param begin called within it where the file is new
 */
export function migrate(
  database: Database,
  file: string,
  migrations: readonly string[],
  begin: () => void = () => {},
): void {
  if (fileVersion(database, file, migrations.length) === migrations.length) return;
  database.exec('BEGIN IMMEDIATE');
  try {
    const version = versionWithin(database, file, migrations.length);
    for (const migration of migrations.slice(version)) database.exec(migration);
    if (version === 0) begin();
    database.exec(`PRAGMA application_id = ${APPLICATION_ID}`);
    database.exec(`PRAGMA user_version = ${migrations.length}`);
    database.exec('COMMIT');
  } catch (error) {
    database.exec('ROLLBACK');
    throw error;
  }
}
