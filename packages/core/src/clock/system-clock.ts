import type { CancelTimer, Clock } from './clock.js';

/** The longest delay that a native timer takes, in milliseconds (about 24.8 days). */
const LONGEST_NATIVE_DELAY = 2 ** 31 - 1;

/** The real time. Longer waits than a native timer can hold are made of several. */
export const systemClock: Clock = {
  now: () => Date.now(),
  setTimer(delay, callback, background = false): CancelTimer {
    let timer: ReturnType<typeof setTimeout>;
    const arm = (left: number): void => {
      timer =
        left > LONGEST_NATIVE_DELAY
          ? setTimeout(() => arm(left - LONGEST_NATIVE_DELAY), LONGEST_NATIVE_DELAY)
          : setTimeout(callback, left);
      if (background) (timer as { unref?: () => void }).unref?.(); // in a browser there is no process to keep alive
    };
    arm(delay);
    return () => clearTimeout(timer);
  },
};
