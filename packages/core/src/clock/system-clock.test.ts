import { afterEach, beforeEach, describe, expect, it, jest } from '@jest/globals';
import { systemClock } from './system-clock.js';

const DAY = 86_400_000;

describe('systemClock', () => {
  beforeEach(() => {
    jest.useFakeTimers();
  });
  afterEach(() => {
    jest.useRealTimers();
  });

  it('tells the time', () => {
    jest.setSystemTime(1234);
    expect(systemClock.now()).toBe(1234);
  });

  it('waits longer than a native timer can, and not a moment less', () => {
    let fired = 0;
    systemClock.setTimer(60 * DAY, () => {
      fired += 1;
    });
    jest.advanceTimersByTime(60 * DAY - 1);
    expect(fired).toBe(0);
    jest.advanceTimersByTime(1);
    expect(fired).toBe(1);
    expect(jest.getTimerCount()).toBe(0);
  });

  it.each([2 ** 31 - 1, 2 ** 31, 2 ** 32 - 2])('is exact at the edge of native timers: %d ms', (delay) => {
    let fired = false;
    systemClock.setTimer(delay, () => {
      fired = true;
    });
    jest.advanceTimersByTime(delay - 1);
    expect(fired).toBe(false);
    jest.advanceTimersByTime(1);
    expect(fired).toBe(true);
  });

  it('waits in the background without keeping the process alive', () => {
    jest.useRealTimers();
    const alive = (): number => process.getActiveResourcesInfo().filter((resource) => resource === 'Timeout').length;
    const before = alive();
    const cancels = [systemClock.setTimer(9_000_000_000, () => {}, true), systemClock.setTimer(1000, () => {}, true)];
    expect(alive()).toBe(before);
    const cancel = systemClock.setTimer(1000, () => {});
    expect(alive()).toBe(before + 1);
    for (const one of [...cancels, cancel]) one();
  });

  it('cancels a long wait in any of its parts, once or twice', () => {
    const cancel = systemClock.setTimer(60 * DAY, () => {
      throw new Error('cancelled timers do not fire');
    });
    jest.advanceTimersByTime(40 * DAY);
    cancel();
    cancel();
    expect(jest.getTimerCount()).toBe(0);
    jest.advanceTimersByTime(100 * DAY);
  });
});
