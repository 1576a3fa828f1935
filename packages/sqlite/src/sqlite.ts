import { type Clock, type Duration, EspalierError, milliseconds, systemClock } from '@espalier/core';
import { type Driver, driverOf } from './database/drivers.js';
import { givenKey } from './database/file-key.js';
import { filePath } from './database/file-path.js';
import { openDatabase } from './database/open-database.js';
import type { SqliteKey } from './database/sqlite-key.js';
import { SqliteStore } from './sqlite-store.js';

export interface SqliteOptions {
  /**
   * How long a process that shows no sign of life holds its runs. Another one can take them over after that, or at once where
   * it sees that the process has ended: on the same Linux machine. Signs are written three times in it.
   * @default '15s' @minimum '100ms'
   */
  readonly lease?: Duration;
  /** How often answers that other processes have given are looked for, while a run waits for one. @default '100ms' @minimum '1ms' */
  readonly poll?: Duration;
  /** How long a write may wait for other processes that write. @default '10s' */
  readonly timeout?: Duration;
  /**
   * For how long a run is kept after it has ended. It is deleted then, with its child runs, records and answers, in small steps
   * that hold nobody up; runs that have not ended stay, and so do threads. `false` keeps all. It counts for the file: whoever
   * opens it without this option goes by what was given last.
   * @default '30 days'
   */
  readonly retention?: Duration | false;
  /**
   * The SQLite that opens the file: the one that is built into Node, `better-sqlite3` where that is installed, or a function
   * that opens it. Processes may mix them; one process must not open a file with two of them.
   * @default 'node:sqlite'
   */
  readonly driver?: Driver;
  /**
   * Encrypts all that agents, models and people have said. 32 random bytes: as they are, as base64 or hexadecimal text, or as a
   * secret `KeyObject`. The file is made with a key or without one; ids, names, times and sizes stay readable. Without the key
   * nothing can be read, nor the chain of records be made anew: keep it where you keep other secrets.
   * @default none: the file is not encrypted
   */
  readonly key?: SqliteKey;
  /** Where time comes from: for tests. @default the system's time */
  readonly clock?: Clock;
}

/** The longest that a native timer takes, in milliseconds. */
const LONGEST = 2 ** 31 - 1;

/**
 * Keeps runs and threads in one SQLite file: no server, no native build. For a machine's processes together; several may
 * have the file open. Needs Node 22.13 or newer, or `better-sqlite3`.
 *
 * @param path of the file, relative to the working directory, or a `file:` URL. It is made with its folders if there is none
 * @throws store-invalid when the file is of something else, of a newer version, or cannot be opened
 * @throws store-key-invalid when the key is not that of the file, or one of both has none
 * @example
 * const store = sqlite('.espalier/runs.db');
 * const espalier = await createEspalier({ workflows: [report], store });
 * await espalier.drain();
 * await store.close();
 * @since 0.1.0
 */
export function sqlite(path: string | URL, options: SqliteOptions = {}): SqliteStore {
  const { clock = systemClock, driver = 'node:sqlite' } = options;
  const lease = duration(options.lease ?? '15s', 'lease', 100);
  const poll = duration(options.poll ?? '100ms', 'poll', 1);
  const timeout = duration(options.timeout ?? '10s', 'timeout', 0);
  const retention = retentionOf(options.retention);
  const file = filePath(path, 'sqlite', 'Leave `store` out to keep runs in memory.');
  const key = options.key === undefined ? undefined : givenKey(options.key);
  return new SqliteStore(openDatabase(file, timeout, driverOf(driver), key), {
    file,
    driver,
    lease,
    poll,
    timeout,
    retention,
    clock,
  });
}

function retentionOf(value: SqliteOptions['retention']): number | undefined {
  if (value === undefined) return undefined;
  return value === false ? Number.POSITIVE_INFINITY : milliseconds(value, 'sqlite({ retention })');
}

function duration(value: Duration, option: keyof SqliteOptions, least: number): number {
  const time = milliseconds(value, `sqlite({ ${option} })`);
  if (time >= least && time <= LONGEST) return time;
  const expected = `expected ${least} ms to ${LONGEST} ms, got ${time} ms`;
  throw new EspalierError('option-invalid', `sqlite({ ${option} }): ${expected}.`);
}
