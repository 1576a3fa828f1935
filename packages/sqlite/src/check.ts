import { aside, type FileSource } from './database/aside.js';
import type { Database, SqlRow } from './database/database.js';
import { textOfKey } from './database/key-text.js';
import type { Verification } from './verification/verification.js';

/** Looks at a whole file. @returns what is wrong with it, in words */
export async function check(
  source: FileSource,
  database: Database,
  verification: Verification,
): Promise<readonly string[]> {
  const found: string[] = [];
  const attempt = async (act: () => Promise<void>): Promise<void> => {
    try {
      await act();
    } catch (error) {
      found.push((error as Error).message);
    }
  };
  await attempt(async () => {
    const rows = (await aside(source, { sql: 'PRAGMA integrity_check', call: 'all' })) as readonly SqlRow[];
    found.push(...rows.map(({ integrity_check: text }) => String(text)).filter((text) => text !== 'ok'));
  });
  await attempt(async () => {
    for (const { run_id: key } of database.prepare('SELECT run_id FROM runs ORDER BY id').all()) {
      const runId = textOfKey(key as string);
      await attempt(async () => {
        const { faults } = await verification.verify(runId);
        found.push(...faults.map(({ message }) => `Run '${runId}': ${message}`));
      });
    }
  });
  return found;
}
