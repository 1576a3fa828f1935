import type { Database, Statement } from './database/database.js';
import { keyText } from './database/key-text.js';
import type { FileWatch } from './file-watch.js';

interface Follower {
  readonly key: string;
  readonly listener: () => void;
  /** How many records the run had when it was last looked at. */
  seen: number;
}

/** Who follows runs, and is told when records were appended to them: by this process or another one. */
export class Followers {
  readonly #watch: FileWatch;
  readonly #count: Statement;
  readonly #followers = new Set<Follower>();
  #unwatch: (() => void) | undefined;

  constructor(database: Database, watch: FileWatch) {
    this.#watch = watch;
    this.#count = database.prepare('SELECT length FROM runs WHERE run_id = ?');
  }

  /** @returns what ends it */
  follow(runId: string, listener: () => void): () => void {
    const key = keyText(runId);
    const follower: Follower = { key, listener, seen: this.#newest(key) };
    this.#followers.add(follower);
    this.#unwatch ??= this.#watch.watch(() => this.look());
    return () => {
      this.#followers.delete(follower);
      if (this.#followers.size > 0) return;
      this.#unwatch?.();
      this.#unwatch = undefined;
    };
  }

  /** Something was written to the file. */
  look(): void {
    for (const follower of [...this.#followers]) {
      let newest: number;
      try {
        newest = this.#newest(follower.key);
      } catch {
        this.#watch.lookAgain();
        return;
      }
      if (newest === follower.seen) continue;
      follower.seen = newest;
      follower.listener();
    }
  }

  #newest(key: string): number {
    return Number(this.#count.get(key)?.length ?? 0);
  }
}
