import { type ChildProcess, spawn } from 'node:child_process';
import { dirname, join } from 'node:path';
import { createInterface } from 'node:readline';
import type { Order, Report } from './orders.js';

/** What a process has made of an order. */
export type Ended = { readonly killed: true } | { readonly killed: false; readonly report: Report };

/** Longer than any order takes, on a machine that has much else to do. */
const PATIENCE = 60_000;

/** A process that waits for orders, until it is killed. */
export class Worker {
  readonly #child: ChildProcess;
  /** It was killed, if only just: it may have ended its order before, and still dies. */
  isDoomed = false;
  #settle: { readonly resolve: (ended: Ended) => void; readonly reject: (error: Error) => void } | undefined;

  /** @param program of `process.ts`, in one file */
  constructor(program: string) {
    const env = { ...process.env, NODE_COMPILE_CACHE: join(dirname(program), 'compiled') };
    this.#child = spawn(process.execPath, [program], { stdio: ['pipe', 'pipe', 'inherit'], env });
    const { stdin, stdout } = this.#child;
    if (stdin === null || stdout === null) throw new Error('the process has no pipes');
    stdin.on('error', () => {}); // it was killed before it had read its order
    createInterface({ input: stdout }).on('line', (line) => {
      this.#settle?.resolve({ killed: false, report: JSON.parse(line) as Report });
    });
    this.#child.on('close', (code, signal) => {
      if (signal === 'SIGKILL') this.#settle?.resolve({ killed: true });
      else this.#settle?.reject(new Error(`the process ended with ${signal ?? code}`));
    });
  }

  obey(order: Order): Promise<Ended> {
    const { promise, resolve, reject } = Promise.withResolvers<Ended>();
    const late = setTimeout(() => reject(new Error(`no end of ${JSON.stringify(order)}`)), PATIENCE);
    this.#settle = { resolve, reject };
    this.#child.stdin?.write(`${JSON.stringify(order)}\n`);
    return promise.finally(() => {
      this.#settle = undefined;
      clearTimeout(late);
    });
  }

  kill(signal: NodeJS.Signals): void {
    if (signal === 'SIGKILL') this.isDoomed = true;
    this.#child.kill(signal);
  }
}

/** A worker that is replaced when it is killed: the next one has started already. */
export class Lane {
  readonly #program: string;
  #worker: Worker | undefined;
  #next: Worker;

  constructor(program: string) {
    this.#program = program;
    this.#next = new Worker(program);
  }

  /** The worker that gets the next order. */
  get worker(): Worker {
    if (this.#worker === undefined || this.#worker.isDoomed) {
      this.#worker = this.#next;
      this.#next = new Worker(this.#program);
    }
    return this.#worker;
  }

  async obey(order: Order): Promise<Ended> {
    const { worker } = this;
    try {
      const ended = await worker.obey(order);
      if (ended.killed) this.#worker = undefined;
      return ended;
    } catch (error) {
      worker.kill('SIGKILL');
      this.#worker = undefined;
      throw error;
    }
  }

  close(): void {
    for (const worker of [this.#worker, this.#next]) worker?.kill('SIGKILL');
  }
}
