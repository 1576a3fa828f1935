import type { CancelTimer, Clock } from '@espalier/core';
import type { CommandLoop } from '../loop/command-loop.js';

/** The time as the journal of a run knows it: that of the newest result. Its timers are durable. */
export class RunClock implements Clock {
  readonly #loop: CommandLoop;
  #now: number;
  #onFault: (error: Error) => void;

  /** @param onFault told when a timer fails: the run cannot go on */
  constructor(loop: CommandLoop, now: number, onFault: (error: Error) => void) {
    this.#loop = loop;
    this.#now = now;
    this.#onFault = onFault;
  }

  now(): number {
    return this.#now;
  }

  /** Something is known to have happened at that time. Clocks of machines differ: it never goes back. */
  reach(time: number): void {
    if (time > this.#now) this.#now = time;
  }

  /** What is recorded meanwhile happened at that time. */
  at(time: number, act: () => void): void {
    const now = this.#now;
    this.#now = time;
    try {
      act();
    } finally {
      this.#now = Math.max(now, time);
    }
  }

  setTimer(delay: number, callback: () => void): CancelTimer {
    const due = this.#now + delay;
    return this.#loop.issue(
      (context) => context.sleep(delay),
      () => {
        this.reach(due);
        callback();
      },
      this.#onFault,
    );
  }
}
