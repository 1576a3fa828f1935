import { setImmediate as pause } from 'node:timers/promises';
import { EspalierError } from '@espalier/core';
import { aside, type FileSource } from './database/aside.js';
import type { Codec } from './database/codec.js';
import type { Database, SqlRow } from './database/database.js';
import { textOfKey } from './database/key-text.js';
import { checkBodies } from './verification/body-check.js';
import type { Verification } from './verification/verification.js';

/** How many runs are looked up at once: others go on between two times. */
const PAGE = 50;

/** How many faults are named at most: a report stays small, whatever has happened to the file. */
const MOST = 10_000;

export interface CheckOptions {
  readonly source: FileSource;
  readonly database: Database;
  readonly verification: Verification;
  readonly codec: Codec;
  /** @throws where the store is closed: what cannot be read after that is no fault of the file */
  readonly assertOpen: () => void;
}

/** Looks at a whole file. Holds few runs at a time, however many there are. @returns what is wrong with it, in words */
export async function check(options: CheckOptions): Promise<readonly string[]> {
  const { source, database, verification, codec, assertOpen } = options;
  const found: string[] = [];
  const attempt = async (act: () => Promise<void>): Promise<void> => {
    try {
      await act();
    } catch (error) {
      assertOpen();
      if (found.length <= MOST) found.push((error as Error).message);
    }
  };
  const exists = database.prepare('SELECT 1 FROM runs WHERE id = ?');
  const checkRun = async ({ id, run_id: key }: SqlRow): Promise<void> => {
    const runId = textOfKey(key as string);
    try {
      const { faults } = await verification.verify(runId);
      found.push(...faults.map(({ message }) => `Run '${runId}': ${message}`));
    } catch (error) {
      const isGone = EspalierError.is(error, 'run-unknown') && exists.get(id as number) === undefined;
      if (!isGone) throw error; // gone: it was pruned meanwhile
    }
  };
  await attempt(async () => {
    const rows = (await aside(source, { sql: 'PRAGMA integrity_check', call: 'all' })) as readonly SqlRow[];
    found.push(...rows.map(({ integrity_check: text }) => String(text)).filter((text) => text !== 'ok'));
  });
  await attempt(async () => {
    for await (const run of runsOf(database)) {
      if (found.length > MOST) return;
      await attempt(() => checkRun(run));
    }
  });
  await checkBodies(database, codec, attempt);
  return found.length > MOST ? [...found.slice(0, MOST), `There is more: only ${MOST} faults are named.`] : found;
}

/** All runs, a few at a time. */
async function* runsOf(database: Database): AsyncGenerator<SqlRow, void> {
  const select = database.prepare('SELECT id, run_id FROM runs WHERE id > ? ORDER BY id LIMIT ?');
  for (let after = Number.MIN_SAFE_INTEGER; ; await pause()) {
    const rows = select.all(after, PAGE);
    yield* rows;
    if (rows.length < PAGE) return;
    after = rows.at(-1)?.id as number;
  }
}
