import type { CancelTimer, Clock } from '@espalier/core';
import type { CommitQueue } from './commit-queue.js';
import { type Codec, placeOf } from './database/codec.js';
import type { Database, SqlRow, Statement } from './database/database.js';
import { type Pruned, Pruning } from './pruning.js';

const DEFAULT = 30 * 86_400_000;

const PLACE = placeOf('retention');

/** When a process that has opened the file looks at first, and how often then, in milliseconds. */
const FIRST = 10_000;
const HOUR = 3_600_000;

/** Between two steps: others write then. And how long others leave it to the process that took a step. In milliseconds. */
const PAUSE = 50;
const TURN = 60_000;

/** Between two steps that somebody waits for, in milliseconds: other processes get to write. */
const BREATH = 5;

/** How many steps are taken before the file is closed. */
const LAST = 10;

export interface RetentionOptions {
  readonly clock: Clock;
  /** For how long ended runs are kept, in milliseconds, or `Infinity`. As the file says, if left out. */
  readonly after: number | undefined;
  readonly codec: Codec;
}

interface Policy {
  readonly after: number;
  /** How often it is looked for runs that are older. */
  readonly every: number;
  readonly isDue: boolean;
}

/**
 * Prunes by itself: looks once an hour, in whichever process has the file open, and does what there is to do in small steps.
 *
 * For how long runs are kept is part of the file: a process that only looks into it does not decide that.
 */
export class Retention {
  readonly #queue: CommitQueue;
  readonly #pruning: Pruning;
  readonly #clock: Clock;
  readonly #codec: Codec;
  readonly #select: Statement;
  readonly #next: Statement;
  /** Whether it took the last step, and goes on. */
  #isUnderWay = false;
  #hasEndedRuns = false;
  #cancel: CancelTimer | undefined;

  constructor(database: Database, queue: CommitQueue, { clock, after, codec }: RetentionOptions) {
    this.#queue = queue;
    this.#pruning = new Pruning(database);
    this.#clock = clock;
    this.#codec = codec;
    this.#select = database.prepare('SELECT body, next_at FROM retention');
    this.#next = database.prepare('UPDATE retention SET next_at = ?');
    if (after !== undefined) {
      const set = database.prepare('UPDATE retention SET body = ?, next_at = 0');
      const keep = () => after !== this.#policy().after && set.run(codec.encode(String(after), PLACE));
      queue.run(keep).catch(() => {}); // A file that takes no writes says so soon.
    }
    this.#arm(FIRST);
  }

  /** A run of this process ends. */
  runEnds(): void {
    this.#hasEndedRuns = true;
  }

  /** Deletes runs that ended longer ago than this, in milliseconds. */
  async prune(olderThan: number): Promise<Pruned> {
    const before = this.#clock.now() - olderThan;
    const sum = { runs: 0, records: 0 };
    for (;;) {
      const { runs, records, damaged, done } = await this.#queue.run(() => this.#pruning.step(before));
      sum.runs += runs;
      sum.records += records;
      if (done) return { ...sum, damaged };
      await new Promise((resolve) => setTimeout(resolve, BREATH));
    }
  }

  /** Does a little before the file is closed: for programs that end runs and do not live until the first look. */
  close(): void {
    this.#cancel?.();
    this.#cancel = undefined;
    if (!this.#hasEndedRuns) return;
    const prune = (): void => {
      for (let steps = 0; steps < LAST && !this.#prune(); steps++);
    };
    this.#queue.run(prune).catch(() => {}); // The next one does it.
  }

  #arm(delay: number): void {
    const look = async (): Promise<void> => {
      const next = await this.#step();
      if (this.#cancel !== undefined) this.#arm(next);
    };
    this.#cancel = this.#clock.setTimer(delay, look, true);
  }

  /** Takes a step if it is time. @returns how long to wait for the next one */
  async #step(): Promise<number> {
    try {
      const { isDue, every } = this.#policy();
      if (!isDue) return every;
      return (await this.#queue.run(() => this.#prune())) ? every : PAUSE;
    } catch {
      return HOUR; // Whoever writes is told what is wrong with the file.
    }
  }

  /** Within a change. @returns whether there is nothing more to do, or another process does it */
  #prune(): boolean {
    const { after, every, isDue } = this.#policy();
    if (!isDue) return true;
    const now = this.#clock.now();
    const { done } = this.#pruning.step(now - after);
    this.#isUnderWay = !done;
    this.#next.run(now + (done ? every : TURN));
    return done;
  }

  #policy(): Policy {
    const { body, next_at: next } = this.#select.get() as SqlRow;
    const after = body === null ? DEFAULT : Number(this.#codec.decode(body, PLACE));
    const every = Math.min(HOUR, Math.max(1000, after));
    const wait = Number(next) - this.#clock.now();
    // A time that is too far away was noted before the clock was set back.
    const isTime = this.#isUnderWay || wait <= 0 || wait > every;
    return { after, every, isDue: isTime && Number.isFinite(after) };
  }
}
