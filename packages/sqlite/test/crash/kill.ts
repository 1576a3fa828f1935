import type { JournalRecord, Store, ThreadEntry } from '@espalier/core';
import { nodeDriver } from '../../src/database/node-driver.js';
import type { SqliteDatabase } from '../../src/index.js';
import { note } from './effects.js';

/** When a process kills itself. */
export interface Kill {
  /**
   * `before`: the write never reaches the store. `torn`: it is in a transaction that is never committed. `after`: it is on
   * the disk, and who asked for it is never told.
   */
  readonly when: 'before' | 'torn' | 'after';
  /** At which of its writes, from 1. */
  readonly at: number;
}

type Method = (...args: readonly unknown[]) => unknown;

/** What names that which a call has kept, where it keeps something. */
type KeptKey = ((what: never) => string) | undefined;

/** Calls that change the file. */
const WRITES: ReadonlyMap<string | symbol, KeptKey> = new Map([
  ...['create', 'acquire', 'rest', 'release', 'answer'].map((name) => [name, undefined] as const),
  ['append', recordKey] as const,
]);

export function recordKey({ runId, seq }: Pick<JournalRecord, 'runId' | 'seq'>): string {
  return `${seq} ${runId}`;
}

export function threadKey({ key }: Pick<ThreadEntry, 'key'>): string {
  return `thread ${key}`;
}

/** A store that counts what is written through it, and kills its process at one of the writes. */
export class DeadlyWrites {
  readonly #kill: Kill | undefined;
  #count = 0;
  #torn = false;

  constructor(kill: Kill | undefined) {
    this.#kill = kill;
  }

  get count(): number {
    return this.#count;
  }

  wrap<S extends Store>(store: S): S {
    const threads = this.#counting(store.threads as object, new Map([['append', threadKey]]));
    const wrapped = this.#counting(store, WRITES);
    return new Proxy(wrapped, {
      get: (target, name) => (name === 'threads' ? threads : Reflect.get(target, name)),
    });
  }

  /** A connection that is killed between what it has written and its commit. */
  readonly driver = (file: string): SqliteDatabase => {
    const database = nodeDriver(file);
    const commit = (statement: ReturnType<SqliteDatabase['prepare']>) => ({
      run: () => {
        if (this.#torn) die(`torn ${this.#count}`);
        return statement.run();
      },
      get: () => statement.get(),
      all: () => statement.all(),
    });
    return {
      exec: (sql) => database.exec(sql),
      close: () => database.close(),
      prepare: (sql) => (sql === 'COMMIT' ? commit(database.prepare(sql)) : database.prepare(sql)),
    };
  };

  #counting<T extends object>(target: T, writes: ReadonlyMap<string | symbol, KeptKey>): T {
    return new Proxy(target, {
      get: (from, name) => {
        const member = Reflect.get(from, name, from);
        if (typeof member !== 'function') return member;
        const method: Method = member.bind(from);
        if (!writes.has(name)) return method;
        return (...args: readonly unknown[]) =>
          this.#write(String(name), writes.get(name), () => method(...args), args[1]);
      },
    });
  }

  async #write(name: string, keptKey: KeptKey, write: () => unknown, what: unknown): Promise<unknown> {
    this.#count += 1;
    const when = this.#count === this.#kill?.at ? this.#kill.when : undefined;
    const place = `${when} ${this.#count}: ${name}`;
    if (when === 'before') die(place);
    if (when === 'torn') this.#torn = true;
    const result = await write();
    if (keptKey !== undefined) note('kept', keptKey(what as never));
    if (when === 'after') die(place);
    return result;
  }
}

/** Nothing runs after this: no handler, no `finally`, no flush. */
function die(what: string): void {
  note('kill', what);
  process.kill(process.pid, 'SIGKILL');
}
