import type { CancelTimer, Clock } from '@espalier/core';
import type { Database, Statement } from './database/database.js';

export interface FileWatchOptions {
  readonly clock: Clock;
  /** How often it looks, in milliseconds. */
  readonly poll: number;
  /** Whether watching keeps the process alive. @default false */
  readonly foreground?: boolean;
}

/** Tells when another connection has written to the file. One cheap look serves all who want to know, and none is taken for nobody. */
export class FileWatch {
  readonly #options: FileWatchOptions;
  readonly #dataVersion: Statement;
  readonly #watchers = new Set<() => void>();
  #version: unknown;
  #cancel: CancelTimer | undefined;
  #isClosed = false;

  constructor(database: Database, options: FileWatchOptions) {
    this.#options = options;
    this.#dataVersion = database.prepare('PRAGMA data_version');
  }

  /** @returns what ends it */
  watch(changed: () => void): () => void {
    const watcher = (): void => changed();
    if (this.#watchers.size === 0) {
      this.#version = this.#readVersion();
      this.#arm();
    }
    this.#watchers.add(watcher);
    return () => {
      this.#watchers.delete(watcher);
      if (this.#watchers.size === 0) this.#stop();
    };
  }

  /** What was written could not be read just now: all look again the next time, whether more is written or not. */
  lookAgain(): void {
    this.#version = undefined;
  }

  close(): void {
    this.#isClosed = true;
    this.#stop();
  }

  #stop(): void {
    this.#cancel?.();
    this.#cancel = undefined;
  }

  #arm(): void {
    const { clock, poll, foreground = false } = this.#options;
    if (this.#isClosed) return;
    this.#cancel = clock.setTimer(
      poll,
      () => {
        this.#arm();
        this.#look();
      },
      !foreground,
    );
  }

  #look(): void {
    const version = this.#readVersion();
    if (version !== undefined && version === this.#version) return;
    this.#version = version;
    for (const watcher of [...this.#watchers]) watcher();
  }

  /** Nothing where the file cannot be read just now: so everybody looks. */
  #readVersion(): unknown {
    try {
      return this.#dataVersion.get()?.data_version;
    } catch {
      return undefined;
    }
  }
}
