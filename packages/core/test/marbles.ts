import { expect } from '@jest/globals';
import { type RunHelpers, TestScheduler } from 'rxjs/testing';
import type { Clock } from '../src/clock/clock.js';

/** Runs a marble test; the clock is the marbles' time, and no timer may be left at the end. */
export function marbles(test: (helpers: RunHelpers & { readonly clock: Clock }) => void): void {
  let pending = 0;
  const scheduler = new TestScheduler((actual, expected) => expect(actual).toEqual(expected));
  const clock: Clock = {
    now: () => scheduler.now(),
    setTimer(delay, callback) {
      pending += 1;
      let open = true;
      const close = (): void => {
        if (open) pending -= 1;
        open = false;
      };
      const timer = scheduler.schedule(() => {
        close();
        callback();
      }, delay);
      return () => {
        close();
        timer.unsubscribe();
      };
    },
  };
  scheduler.run((helpers) => test({ ...helpers, clock }));
  expect(pending).toBe(0);
}
