/** Lets a number of holders in at once; others queue in order, up to a bound. */
export class Semaphore {
  readonly #limit: number;
  readonly #queueLimit: number;
  readonly #queue = new Set<() => void>();
  #held = 0;

  constructor(limit: number, queueLimit: number) {
    this.#limit = limit;
    this.#queueLimit = queueLimit;
  }

  /**
   * @param enter called once a place is free: at once, or later
   * @returns what leaves the queue or gives the place back; nothing when the queue is full
   */
  acquire(enter: () => void): (() => void) | undefined {
    if (this.#held < this.#limit) {
      this.#held += 1;
      enter();
      return this.#releaser();
    }
    if (this.#queue.size >= this.#queueLimit) return undefined;
    let release: (() => void) | undefined;
    const waiting = (): void => {
      release = this.#releaser();
      enter();
    };
    this.#queue.add(waiting);
    return () => {
      if (release !== undefined) release();
      else this.#queue.delete(waiting);
    };
  }

  #releaser(): () => void {
    let held = true;
    return () => {
      if (!held) return;
      held = false;
      const [next] = this.#queue;
      if (next === undefined) {
        this.#held -= 1;
        return;
      }
      this.#queue.delete(next);
      next();
    };
  }
}
