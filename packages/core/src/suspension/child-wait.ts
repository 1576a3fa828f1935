import type { Attempt } from '../execution/attempt.js';

/**
 * The wait of a node for its child run: while the child rests, the node waits too and holds no slot; it takes one again
 * when the child goes on, and in any case before it goes on itself.
 */
export class ChildWait {
  readonly #attempt: Attempt;
  #waits = false;
  #leaveQueue: (() => void) | undefined;

  constructor(attempt: Attempt) {
    this.#attempt = attempt;
  }

  /** The child rests, or goes on. */
  rest(rests: boolean): void {
    if (rests === this.#waits || this.#attempt.isOver) return;
    this.#waits = rests;
    this.#leaveQueue?.();
    const { execution, holder } = this.#attempt.run;
    if (rests) {
      execution.beginWait(holder);
    } else {
      execution.endWait(holder);
      this.#leaveQueue = execution.whenSlot(holder, nothing);
    }
  }

  /** The attempt is over: nobody waits any more. */
  stop(): void {
    if (this.#waits) this.#attempt.run.execution.endWait(this.#attempt.run.holder);
    this.#waits = false;
    this.#leaveQueue?.();
  }

  /** The child has ended. @returns when the node may go on; at once where the attempt is over: it must take no slot */
  async end(): Promise<void> {
    if (this.#attempt.isOver) return;
    this.rest(false);
    const { execution, holder } = this.#attempt.run;
    await new Promise<void>((resolve) => {
      const forget = this.#attempt.onClose(resolve);
      this.#leaveQueue = execution.whenSlot(holder, () => {
        forget();
        resolve();
      });
    });
  }
}

const nothing = (): void => {};
