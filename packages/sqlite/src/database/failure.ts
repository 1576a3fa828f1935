import { EspalierError } from '@espalier/core';

const BUSY = 5;
const LOCKED = 6;

/** Primary result codes of SQLite, and what to do. */
const hints: Readonly<Record<number, string>> = {
  [BUSY]:
    'Another process has been writing for long, or was stopped while it wrote. Raise `timeout`, or end that process.',
  8: 'Make the file and its folder writable for this process.',
  10: 'Look at the disk: reading or writing failed.',
  11: 'The file is damaged. Put it aside, and restore a copy.',
  13: 'Free space on the disk. Runs that were parked can be resumed then.',
  14: 'Check the path, and that this process may use its folder.',
  18: 'A value is larger than SQLite can hold: record a reference to it instead.',
  26: 'The file is no SQLite database. Name another file.',
};

const names: Readonly<Record<string, number>> = {
  ...{ BUSY, LOCKED, READONLY: 8, IOERR: 10, CORRUPT: 11, FULL: 13, CANTOPEN: 14, TOOBIG: 18, NOTADB: 26 },
};

/** SQLite's primary result code. node:sqlite has the extended one as a number, better-sqlite3 its name: `SQLITE_IOERR_WRITE`. */
function sqliteCode(error: unknown): number | undefined {
  const { errcode, code } = Object(error) as { readonly errcode?: unknown; readonly code?: unknown };
  if (typeof errcode === 'number') return errcode & 0xff;
  return names[/^SQLITE_([A-Z]+)/.exec(String(code))?.[1] ?? ''];
}

/** Whether another process or connection is in the way, for now. */
export const isBusy = (error: unknown): boolean => {
  const code = sqliteCode(error);
  return code === BUSY || code === LOCKED;
};

/** What SQLite says, with the file and what to do. Errors of ours stay as they are. */
export function storeFailed(file: string, error: unknown): EspalierError {
  return EspalierError.is(error) ? error : failure('store-failed', file, error);
}

/** The same for a file that cannot be opened. */
export function storeInvalid(file: string, error: unknown): EspalierError {
  return EspalierError.is(error) ? error : failure('store-invalid', file, error);
}

function failure(code: 'store-failed' | 'store-invalid', file: string, error: unknown): EspalierError {
  const hint = hints[sqliteCode(error) ?? 0];
  const { message: what = String(error) } = Object(error) as { readonly message?: string };
  const options = { cause: error, details: { file }, ...(hint === undefined ? {} : { hint }) };
  const problem = code === 'store-failed' ? 'failed' : 'cannot be opened';
  return new EspalierError(code, `The store '${file}' ${problem}: ${what}.`, options);
}
