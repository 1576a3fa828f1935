import { describe, expect, it } from '@jest/globals';
import { CountingClock } from './counting-clock.js';
import { VirtualClock } from './virtual-clock.js';

describe('CountingClock', () => {
  it('counts the timers that wait: not those that have fired, nor those that were cancelled, once or twice', async () => {
    const virtual = new VirtualClock(0);
    const clock = new CountingClock(virtual);
    const waiting: number[] = [];
    clock.setTimer(1, () => waiting.push(clock.waiting));
    const cancel = clock.setTimer(2, () => {});
    clock.setTimer(3, () => {}, true);
    expect([clock.waiting, virtual.pending]).toEqual([3, 2]);
    await virtual.advance(1);
    expect([clock.now(), waiting]).toEqual([1, [2]]);
    cancel();
    cancel();
    expect(clock.waiting).toBe(1);
    await virtual.advance(2);
    expect(clock.waiting).toBe(0);
  });
});
