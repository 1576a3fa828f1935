import { describe, expect, it } from '@jest/globals';
import { VirtualClock } from './virtual-clock.js';

describe('VirtualClock', () => {
  it('starts at the beginning of 2026, or where it is told', () => {
    expect(new Date(new VirtualClock().now()).toISOString()).toBe('2026-01-01T00:00:00.000Z');
    expect(new VirtualClock(5).now()).toBe(5);
  });

  it('fires in order of time, and in order of setting where the time is the same', async () => {
    const clock = new VirtualClock(0);
    const fired: string[] = [];
    for (const [name, delay] of [
      ['c', 20],
      ['a', 10],
      ['b', 10],
      ['now', 0],
    ] as const) {
      clock.setTimer(delay, () => fired.push(`${name}@${clock.now()}`));
    }
    expect(fired).toEqual([]);
    await clock.advance(20);
    expect(fired).toEqual(['now@0', 'a@10', 'b@10', 'c@20']);
  });

  it('advances exactly as far as told, and fires nothing that is due later', async () => {
    const clock = new VirtualClock(0);
    let fired = 0;
    clock.setTimer(1000, () => fired++);
    await clock.advance('999ms');
    expect([clock.now(), fired, clock.pending]).toEqual([999, 0, 1]);
    await clock.advance(1);
    expect([clock.now(), fired, clock.pending]).toEqual([1000, 1, 0]);
    await clock.advance('3 days');
    expect(clock.now()).toBe(1000 + 259_200_000);
  });

  it('fires timers that timers set, at their own time', async () => {
    const clock = new VirtualClock(0);
    const times: number[] = [];
    const again = (): void => {
      times.push(clock.now());
      if (times.length < 4) clock.setTimer(10, again);
    };
    clock.setTimer(10, again);
    await clock.advance(35);
    expect(times).toEqual([10, 20, 30]);
    await clock.runAll();
    expect(times).toEqual([10, 20, 30, 40]);
  });

  it('lets promises settle before it moves on', async () => {
    const clock = new VirtualClock(0);
    const seen: string[] = [];
    clock.setTimer(10, () => {
      void Promise.resolve()
        .then(() => {})
        .then(() => seen.push(`promise@${clock.now()}`));
    });
    clock.setTimer(11, () => seen.push(`timer@${clock.now()}`));
    await clock.advance(20);
    expect(seen).toEqual(['promise@10', 'timer@11']);
  });

  it('forgets a cancelled timer, also one that is cancelled by another at the same time', async () => {
    const clock = new VirtualClock(0);
    let fired = 0;
    const never = (): void => {
      throw new Error('cancelled timers do not fire');
    };
    let cancelSecond = (): void => {};
    clock.setTimer(10, () => {
      fired += 1;
      cancelSecond();
    });
    cancelSecond = clock.setTimer(10, never) as () => void;
    const cancel = clock.setTimer(5, never);
    cancel();
    cancel();
    await clock.runAll();
    expect([fired, clock.pending]).toEqual([1, 0]);
  });

  it('runs all timers and says how much time passed', async () => {
    const clock = new VirtualClock(0);
    clock.setTimer(30, () => clock.setTimer(12, () => {}));
    expect(await clock.runAll()).toBe(42);
    expect(await clock.runAll()).toBe(0);
  });

  it('runs one timer after the other, and says when none is left', async () => {
    const clock = new VirtualClock(0);
    const fired: number[] = [];
    clock.setTimer(20, () => fired.push(clock.now()));
    clock.setTimer(10, () => fired.push(clock.now()));
    expect([await clock.runNext(), clock.now(), fired]).toEqual([true, 10, [10]]);
    expect([await clock.runNext(), clock.now(), fired]).toEqual([true, 20, [10, 20]]);
    expect([await clock.runNext(), clock.now()]).toEqual([false, 20]);
  });

  it('fires what is in the background as time passes, and does not wait for it', async () => {
    const clock = new VirtualClock(0);
    const fired: string[] = [];
    const look = (): void => {
      fired.push(`look@${clock.now()}`);
      clock.setTimer(10, look, true);
    };
    clock.setTimer(10, look, true);
    expect([clock.pending, await clock.runNext(), await clock.runAll()]).toEqual([0, false, 0]);
    clock.setTimer(25, () => fired.push(`timer@${clock.now()}`));
    expect([clock.pending, await clock.runNext(), clock.pending]).toEqual([1, true, 0]);
    expect(fired).toEqual(['look@10', 'look@20', 'timer@25']);
    await clock.advance(5);
    expect(fired.at(-1)).toBe('look@30');
  });

  it('says so when timers never end', async () => {
    const clock = new VirtualClock(0);
    const forever = (): void => {
      clock.setTimer(1, forever);
    };
    forever();
    await expect(clock.runAll(5)).rejects.toThrow('5 timers have fired and 1 still waits');
  });

  it.each([Number.NaN, -1, Number.POSITIVE_INFINITY])('refuses a delay of %p', (delay) => {
    expect(() => new VirtualClock(0).setTimer(delay, () => {})).toThrow(
      `setTimer: expected a delay from 0 in milliseconds, got ${delay} (number).`,
    );
  });
});
