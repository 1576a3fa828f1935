import type { Store } from '@espalier/core';
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

/** Calls that change the file. */
const WRITES: ReadonlySet<string | symbol> = new Set(['create', 'acquire', 'append', 'release', 'answer']);

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
    const threads = this.#counting(store.threads as object, new Set(['append']));
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

  #counting<T extends object>(target: T, writes: ReadonlySet<string | symbol>): T {
    return new Proxy(target, {
      get: (from, name) => {
        const member = Reflect.get(from, name, from);
        if (typeof member !== 'function') return member;
        const method: Method = member.bind(from);
        return writes.has(name) ? (...args: readonly unknown[]) => this.#write(String(name), method, args) : method;
      },
    });
  }

  async #write(name: string, method: Method, args: readonly unknown[]): Promise<unknown> {
    this.#count += 1;
    const when = this.#count === this.#kill?.at ? this.#kill.when : undefined;
    const what = `${when} ${this.#count}: ${name}`;
    if (when === 'before') die(what);
    if (when === 'torn') this.#torn = true;
    const result = await method(...args);
    if (name === 'append') note('kept', keptKey(args[1] as { readonly runId: string; readonly seq: number }));
    if (when === 'after') die(what);
    return result;
  }
}

export const keptKey = ({ runId, seq }: { readonly runId: string; readonly seq: number }): string => `${seq} ${runId}`;

/** Nothing runs after this: no handler, no `finally`, no flush. */
function die(what: string): void {
  note('kill', what);
  process.kill(process.pid, 'SIGKILL');
}
