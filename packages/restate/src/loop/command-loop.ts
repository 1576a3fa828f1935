import { setImmediate } from 'node:timers/promises';
import { RestatePromise, type WorkflowContext } from '@restatedev/restate-sdk';

/** How a command came out. */
interface Settled {
  readonly id: number;
  readonly settle: () => void;
}

/**
 * Owns the context of one invocation, whose journal is positional: on a replay, the same commands must come in the same order.
 * Operators and promises of a run never touch the context. They leave commands here, and one loop issues them.
 *
 * L1 Commands are issued in the order in which they were left, between turns, and nowhere else.
 * L2 A turn takes one result: the winner of one race, of which the journal knows. All that this leads to has been done,
 *    microtasks and all, before the next commands are issued. So what is issued depends on nothing but results and their order.
 * L3 Nothing here asks a clock. The time is that of the newest result that told one.
 */
export class CommandLoop {
  readonly #context: WorkflowContext;
  readonly #commands: (() => void)[] = [];
  readonly #open = new Map<number, RestatePromise<Settled>>();
  #issued = 0;
  #wake = (): void => {};

  constructor(context: WorkflowContext) {
    this.#context = context;
  }

  /**
   * Leaves a command whose result is waited for.
   * @param failed told of an error that the journal has
   * @returns what makes it of no interest any more
   */
  issue<T>(
    command: (context: WorkflowContext) => RestatePromise<T>,
    taken: (value: T) => void,
    failed: (error: Error) => void,
  ): () => void {
    const id = this.#issued;
    this.#issued += 1;
    let isWanted = true;
    this.send((context) => {
      if (!isWanted) return;
      const settled = command(context).map((value, failure) => ({
        id,
        settle: () => (failure === undefined ? taken(value as T) : failed(failure)),
      }));
      this.#open.set(id, settled);
    });
    return () => {
      isWanted = false;
      this.#open.delete(id);
    };
  }

  /** Leaves a command that has no result. */
  send(command: (context: WorkflowContext) => void): void {
    this.#commands.push(() => command(this.#context));
    this.#wake();
  }

  /**
   * Issues commands and gives out results until `done` says that all is over.
   * @param turn called when all that a result led to has been done, before commands are issued
   */
  async run(done: () => boolean, turn: () => void): Promise<void> {
    for (;;) {
      await setImmediate();
      turn();
      for (const command of this.#commands.splice(0)) command();
      if (done()) return;
      if (this.#open.size > 0) await this.#takeOne();
      else await this.#something();
    }
  }

  async #takeOne(): Promise<void> {
    const { id, settle } = await RestatePromise.race([...this.#open.values()]);
    this.#open.delete(id);
    settle();
  }

  /** Where nothing is under way, what comes next comes by itself: what a run does before its first node. */
  #something(): Promise<void> {
    return new Promise((resolve) => {
      this.#wake = () => {
        this.#wake = () => {};
        resolve();
      };
    });
  }
}
