interface Waiter {
  readonly opened: () => void;
  readonly failed: (error: unknown) => void;
}

/** Who wants to know when a run is open, or that it never will be. */
export class RunOpening {
  #waiters: Waiter[] | undefined;

  wait(opened: () => void, failed: (error: unknown) => void): void {
    this.#waiters ??= [];
    this.#waiters.push({ opened, failed });
  }

  opened(): void {
    for (const { opened } of this.#take()) opened();
  }

  failed(error: unknown): void {
    for (const { failed } of this.#take()) failed(error);
  }

  #take(): readonly Waiter[] {
    const waiters = this.#waiters ?? [];
    this.#waiters = undefined;
    return waiters;
  }
}
