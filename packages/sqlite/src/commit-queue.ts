import { EspalierError } from '@espalier/core';
import type { Database, Statement } from './database/database.js';
import { isBusy, storeFailed } from './database/failure.js';

interface Task {
  readonly act: () => unknown;
  readonly resolve: (value: unknown) => void;
  readonly reject: (error: unknown) => void;
}

type Outcome = { readonly value: unknown } | { readonly error: EspalierError };

/** How many changes go into one transaction at most. The event loop goes on between transactions. */
const LARGEST = 1000;

/** Milliseconds between two tries to write while another process does: at first, and at most. The event loop goes on then. */
const RETRY = { first: 5, most: 80 };

export interface CommitQueueOptions {
  /** For messages. */
  readonly file: string;
  /** How long other processes may keep it from writing, in milliseconds. */
  readonly timeout: number;
  /** Called within a transaction when its changes are made. */
  readonly completing?: () => void;
  /** Called when a transaction was rolled back. */
  readonly undone?: () => void;
  /** Called when changes are on the disk, after they have settled. */
  readonly committed?: () => void;
}

/**
 * Puts all changes of one tick into one transaction.
 *
 * Q1 A change settles when it is on the disk, or surely is not.
 * Q2 Changes are made, and settle, in the order of calls.
 * Q3 A change that is refused (an error of ours), or that SQLite cannot make, leaves the others of its transaction alone.
 * Q4 All settle: what cannot be written in time is rejected.
 *
 * A change may be made twice, where its first transaction was rolled back: it must do nothing but write.
 */
export class CommitQueue {
  readonly #begin: Statement;
  readonly #commit: Statement;
  readonly #rollback: Statement;
  readonly #options: CommitQueueOptions;
  #waiting: Task[] = [];
  #scheduled = false;
  #busySince: number | undefined;
  #retry = RETRY.first;
  #closed = false;

  constructor(database: Database, options: CommitQueueOptions) {
    this.#begin = database.prepare('BEGIN IMMEDIATE');
    this.#commit = database.prepare('COMMIT');
    this.#rollback = database.prepare('ROLLBACK');
    this.#options = options;
  }

  run<T>(act: () => T): Promise<T> {
    return new Promise((resolve, reject) => {
      if (this.#closed) throw closed(this.#options.file);
      this.#waiting.push({ act, resolve: resolve as (value: unknown) => void, reject });
      this.#schedule();
    });
  }

  /** Takes no more changes. @returns the outcome of a last one, when all before it have settled */
  close(act: () => void): Promise<void> {
    const last = this.run(act);
    this.#closed = true;
    return last;
  }

  #schedule(): void {
    if (this.#scheduled) return;
    this.#scheduled = true;
    setImmediate(() => this.#flush());
  }

  #flush(): void {
    this.#scheduled = false;
    try {
      this.#begin.run();
    } catch (error) {
      this.#notBegun(error);
      return;
    }
    this.#busySince = undefined;
    this.#retry = RETRY.first;
    const batch = this.#waiting.splice(0, LARGEST);
    const outcomes = this.#attempt(batch);
    if (outcomes !== undefined) settle(batch, outcomes);
    else this.#oneByOne(batch);
    if (this.#waiting.length > 0) this.#schedule();
    this.#options.committed?.();
  }

  /** Makes all changes and commits. @returns nothing where that was rolled back */
  #attempt(batch: readonly Task[]): readonly Outcome[] | undefined {
    try {
      const outcomes = batch.map(({ act }) => outcomeOf(act));
      this.#options.completing?.();
      this.#commit.run();
      return outcomes;
    } catch {
      this.#undo();
      return undefined;
    }
  }

  /** Each change in a transaction of its own: others may be why that of all has failed. */
  #oneByOne(batch: readonly Task[]): void {
    for (const [index, task] of batch.entries()) {
      const outcome = this.#alone(task);
      if (outcome === undefined) {
        this.#waiting.unshift(...batch.slice(index)); // another process writes: that is waited for as ever
        return;
      }
      settle([task], [outcome]);
    }
  }

  /** @returns nothing where another process was in the way */
  #alone({ act }: Task): Outcome | undefined {
    try {
      this.#begin.run();
    } catch (error) {
      return isBusy(error) ? undefined : { error: storeFailed(this.#options.file, error) };
    }
    try {
      const outcome = outcomeOf(act);
      this.#options.completing?.();
      this.#commit.run();
      return outcome;
    } catch (error) {
      this.#undo();
      return { error: storeFailed(this.#options.file, error) };
    }
  }

  #undo(): void {
    try {
      this.#rollback.run();
    } catch {
      // SQLite has rolled back by itself already.
    }
    this.#options.undone?.();
  }

  #notBegun(error: unknown): void {
    this.#busySince ??= performance.now();
    if (isBusy(error) && performance.now() - this.#busySince < this.#options.timeout) {
      this.#scheduled = true;
      setTimeout(() => this.#flush(), this.#retry);
      this.#retry = Math.min(2 * this.#retry, RETRY.most);
      return;
    }
    this.#busySince = undefined;
    this.#retry = RETRY.first;
    const failed = { error: storeFailed(this.#options.file, error) };
    const tasks = this.#waiting.splice(0);
    settle(
      tasks,
      tasks.map(() => failed),
    );
  }
}

/** What a change has come to. Errors of others than ours end the transaction. */
function outcomeOf(act: () => unknown): Outcome {
  try {
    return { value: act() };
  } catch (error) {
    if (EspalierError.is(error)) return { error };
    throw error;
  }
}

function settle(tasks: readonly Task[], outcomes: readonly Outcome[]): void {
  for (const [index, { resolve, reject }] of tasks.entries()) {
    const outcome = outcomes[index] as Outcome;
    if ('error' in outcome) reject(outcome.error);
    else resolve(outcome.value);
  }
}

export const closed = (file: string): EspalierError =>
  new EspalierError('store-failed', `The store '${file}' is closed.`, {
    hint: 'Close it after espalier.drain(), not before.',
    details: { file },
    retryable: false,
  });
