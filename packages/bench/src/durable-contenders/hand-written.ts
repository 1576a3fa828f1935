import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import type { DurableContender } from '../contender.js';

/**
 * The floor: a loop that commits a row a step, as small as a step's result can be, and reads nothing but the last row of
 * its run to go on. Everything is on the disk before the next step begins.
 */
export const handWritten: DurableContender = {
  async openChain(folder, steps, step) {
    const database = new DatabaseSync(join(folder, 'rows.db'));
    database.exec('PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL; PRAGMA busy_timeout = 10000');
    database.exec(
      'CREATE TABLE IF NOT EXISTS rows (run TEXT, step INTEGER, body TEXT, PRIMARY KEY (run, step)) STRICT, WITHOUT ROWID',
    );
    const insert = database.prepare('INSERT INTO rows VALUES (?, ?, ?)');
    const last = database.prepare('SELECT step, body FROM rows WHERE run = ? ORDER BY step DESC LIMIT 1');
    const goOn = async (run: string, from: number, seed: number): Promise<number> => {
      let value = seed;
      for (let index = from; index < steps; index += 1) {
        value = await step(value);
        insert.run(run, index, JSON.stringify({ time: Date.now(), output: value }));
      }
      return value;
    };
    return {
      start: (run, seed) => goOn(run, 0, seed),
      resume: (run) => {
        const row = last.get(run);
        if (row === undefined) throw new Error(`There is no row of run '${run}'.`);
        return goOn(run, Number(row.step) + 1, JSON.parse(row.body as string).output);
      },
    };
  },
};
