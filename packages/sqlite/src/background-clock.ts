import { type Clock, systemClock } from '@espalier/core';

/** The real time, whose timers let the process end. For delays that a native timer holds. */
export const backgroundClock: Clock = {
  now: () => systemClock.now(),
  setTimer(delay, callback) {
    const timer = setTimeout(callback, delay);
    timer.unref();
    return () => clearTimeout(timer);
  },
};
