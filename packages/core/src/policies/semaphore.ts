/**
 * Lets a number of holders in at once; others queue in order, up to a bound.
 *
 * S1 Never more than `limit` hold a place.
 * S2 Who came first enters first: nobody enters while another waits.
 * S3 Places that are given back at once do not nest: the outermost call lets all of them in.
 */
export class Semaphore {
  readonly #limit: number;
  readonly #queueLimit: number;
  readonly #queue = new Set<() => void>();
  #held = 0;
  #pumping = false;

  constructor(limit: number, queueLimit: number) {
    this.#limit = limit;
    this.#queueLimit = queueLimit;
  }

  /**
   * @param enter called once a place is free: at once, or later
   * @returns what leaves the queue or gives the place back; nothing when the queue is full
   */
  acquire(enter: () => void): (() => void) | undefined {
    if (this.#held < this.#limit && this.#queue.size === 0) {
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
      this.#held -= 1;
      this.#pump();
    };
  }

  #pump(): void {
    if (this.#pumping) return;
    this.#pumping = true;
    try {
      for (let [next] = this.#queue; next !== undefined && this.#held < this.#limit; [next] = this.#queue) {
        this.#queue.delete(next);
        this.#held += 1;
        next();
      }
    } finally {
      this.#pumping = false;
    }
  }
}
