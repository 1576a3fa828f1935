import type { CancelTimer, Clock } from './clock.js';

/** A clock that knows how many of its timers wait. */
export class CountingClock implements Clock {
  readonly #clock: Clock;
  #waiting = 0;

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  get waiting(): number {
    return this.#waiting;
  }

  now(): number {
    return this.#clock.now();
  }

  setTimer(delay: number, callback: () => void, background?: boolean): CancelTimer {
    let waits = true;
    this.#waiting += 1;
    const leave = (): void => {
      if (waits) this.#waiting -= 1;
      waits = false;
    };
    const cancel = this.#clock.setTimer(
      delay,
      () => {
        leave();
        callback();
      },
      background,
    );
    return () => {
      leave();
      cancel();
    };
  }
}
