import { describe, expect, it } from '@jest/globals';
import { type SlotHolder, Slots } from './slots.js';

const holder = (order: number): SlotHolder => ({ order, item: 0, holdsSlot: false, waits: 0 });

describe('Slots', () => {
  it('S1 gives out no more than there are', () => {
    const slots = new Slots(1);
    const [a, b] = [holder(0), holder(1)];
    for (const one of [a, b]) slots.queue({ ...one, start: () => slots.take(one) });
    slots.next()?.start();
    expect([slots.held, slots.next()]).toEqual([1, undefined]);
    slots.giveBack(a);
    slots.next()?.start();
    expect([a.holdsSlot, b.holdsSlot, slots.held]).toEqual([false, true, 1]);
  });

  it('S2 takes the slot of a holder that waits, and gives it one before it goes on', () => {
    const slots = new Slots(1);
    const a = holder(0);
    slots.take(a);
    slots.beginWait(a);
    expect([a.holdsSlot, slots.held, slots.resting]).toEqual([false, 0, true]);
    slots.endWait(a);
    let wentOn = false;
    slots.whenHeld(a, () => {
      wentOn = true;
    });
    expect([wentOn, slots.resting]).toEqual([false, false]);
    slots.next()?.start();
    expect([wentOn, a.holdsSlot, slots.held]).toEqual([true, true, 1]);
  });

  it('rests until the last of several waits of one holder is over', () => {
    const slots = new Slots(1);
    const a = holder(0);
    slots.take(a);
    slots.beginWait(a);
    slots.beginWait(a);
    slots.endWait(a);
    expect(slots.resting).toBe(true);
    slots.endWait(a);
    expect(slots.resting).toBe(false);
  });

  it('forgets who left the queue, and gives back no slot that was not held', () => {
    const slots = new Slots(1);
    const a = holder(0);
    let wentOn = false;
    const leave = slots.whenHeld(a, () => {
      wentOn = true;
    });
    leave();
    slots.next()?.start();
    slots.giveBack(a);
    expect([wentOn, a.holdsSlot, slots.held]).toEqual([false, false, 0]);
  });

  it('calls back at once who has a slot', () => {
    const slots = new Slots(1);
    const a = holder(0);
    slots.take(a);
    let calls = 0;
    slots.whenHeld(a, () => {
      calls += 1;
    });
    expect(calls).toBe(1);
  });
});
