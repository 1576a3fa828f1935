/**
 * Lets so many in at once, in the order in which they came. A run that has many invocations under way looks at each of them
 * for every result: beyond some dozens, more of them at once make it slower.
 */
export class Gate {
  readonly #limit: number;
  readonly #waiting = new Set<() => void>();
  #inside = 0;

  constructor(limit: number) {
    this.#limit = limit;
  }

  /** @returns what forgets it while it waits; whether it did */
  enter(begin: () => void): () => boolean {
    if (this.#inside < this.#limit) {
      this.#inside += 1;
      begin();
      return () => false;
    }
    this.#waiting.add(begin);
    return () => this.#waiting.delete(begin);
  }

  leave(): void {
    const [next] = this.#waiting;
    if (next === undefined) {
      this.#inside -= 1;
      return;
    }
    this.#waiting.delete(next);
    next();
  }
}
