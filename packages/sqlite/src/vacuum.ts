import type { CommitQueue } from './commit-queue.js';
import type { Database } from './database/database.js';

/** How many pages one change gives back, and how long others have for theirs between two of them, in milliseconds. */
const PAGES = 500;
const BREATH = 5;

/**
 * Gives space that is not used any more back to the disk: pages from the end of the file take the place of free ones. In small changes,
 * whoever else has the file open.
 *
 * @returns how many bytes smaller the file is
 */
export async function vacuum(database: Database, queue: CommitQueue): Promise<number> {
  const pragma = (name: string): number => Object.values(database.prepare(`PRAGMA ${name}`).get() ?? {})[0] as number;
  const before = pragma('page_count');
  const step = (): number => {
    if (pragma('freelist_count') > 0) database.exec(`PRAGMA incremental_vacuum(${PAGES})`);
    return pragma('freelist_count');
  };
  while ((await queue.run(step)) > 0) await new Promise((resolve) => setTimeout(resolve, BREATH));
  // What was moved is in the log until now. Where others read an older state of the file, it is done when they have finished.
  pragma('wal_checkpoint(TRUNCATE)');
  return Math.max(0, before - pragma('page_count')) * pragma('page_size');
}
