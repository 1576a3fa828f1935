import type { CancelTimer, Clock } from '../clock/clock.js';

/** A run that rests. */
export interface IdleRun {
  /** Leaves memory, if nothing goes on in it. @returns whether it need not be asked again */
  layAside(): boolean;
}

/** Lays runs aside that have rested for a while. One timer for all of them, which keeps no process alive. */
export class IdleRuns {
  readonly #clock: Clock;
  readonly #after: number;
  /** With the time at which each is asked, in that order. */
  readonly #runs = new Map<IdleRun, number>();
  #cancel: CancelTimer | undefined;

  /** @param after how long a run rests first, in milliseconds; infinite for no end */
  constructor(clock: Clock, after: number) {
    this.#clock = clock;
    this.#after = after;
  }

  enter(run: IdleRun): void {
    if (!Number.isFinite(this.#after)) return;
    this.#runs.delete(run);
    this.#runs.set(run, this.#clock.now() + this.#after);
    this.#cancel ??= this.#clock.setTimer(this.#after, () => this.#ask(), true);
  }

  leave(run: IdleRun): void {
    this.#runs.delete(run);
    if (this.#runs.size > 0) return;
    this.#cancel?.();
    this.#cancel = undefined;
  }

  #ask(): void {
    this.#cancel = undefined;
    const now = this.#clock.now();
    const again: IdleRun[] = [];
    for (const [run, time] of this.#runs) {
      if (time > now) {
        this.#cancel = this.#clock.setTimer(time - now, () => this.#ask(), true);
        break;
      }
      this.#runs.delete(run);
      if (!run.layAside()) again.push(run);
    }
    for (const run of again) this.enter(run);
  }
}
