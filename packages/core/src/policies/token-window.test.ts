import { VirtualClock } from '@espalier/core';
import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { TokenWindow } from './token-window.js';

describe('the window of tokens', () => {
  it('lets calls start while they fit, and the others in order as time passes', async () => {
    const clock = new VirtualClock(0);
    const window = new TokenWindow(100, 1000, 10);
    const started: string[] = [];
    const enter = (name: string, tokens: number) =>
      window.enter(clock, tokens, () => started.push(`${name}@${clock.now()}`));
    enter('a', 60);
    await clock.advance(400);
    enter('b', 40);
    enter('c', 30);
    enter('d', 1);
    expect(started).toEqual(['a@0', 'b@400']);
    await clock.advance(5000);
    expect(started).toEqual(['a@0', 'b@400', 'c@1000', 'd@1000']);
    expect(clock.pending).toBe(0);
  });

  it('lets a call that is larger than the limit go when the window is empty', async () => {
    const clock = new VirtualClock(0);
    const window = new TokenWindow(100, 1000, 10);
    const started: string[] = [];
    window.enter(clock, 1, () => started.push('small'));
    window.enter(clock, 500, () => started.push('huge'));
    expect(started).toEqual(['small']);
    await clock.advance(1000);
    expect(started).toEqual(['small', 'huge']);
  });

  it('puts what was used in place of what was expected', async () => {
    const clock = new VirtualClock(0);
    const window = new TokenWindow(100, 1000, 10);
    const started: string[] = [];
    let settle = (_used: number): void => {};
    window.enter(clock, 90, (told) => {
      settle = told;
    });
    window.enter(clock, 50, () => started.push('next'));
    expect(started).toEqual([]);
    settle(20);
    expect(started).toEqual(['next']);
    await clock.advance(2000);
    settle(1_000_000); // a period ago: it counts no more
    window.enter(clock, 100, () => started.push('last'));
    expect(started).toEqual(['next', 'last']);
  });

  it('is full at its bound, and forgets who leaves', async () => {
    const clock = new VirtualClock(0);
    const window = new TokenWindow(10, 1000, 1);
    const started: string[] = [];
    window.enter(clock, 10, () => started.push('a'));
    const leave = window.enter(clock, 10, () => started.push('b'));
    expect(window.enter(clock, 10, () => started.push('c'))).toBeUndefined();
    leave?.();
    expect(clock.pending).toBe(0);
    window.enter(clock, 10, () => started.push('d'));
    await clock.advance(1000);
    expect(started).toEqual(['a', 'd']);
  });

  it('never lets more start within a period than the limit, whatever comes when', async () => {
    const call = fc.record({ wait: fc.integer({ min: 0, max: 700 }), tokens: fc.integer({ min: 1, max: 60 }) });
    await fc.assert(
      fc.asyncProperty(fc.array(call, { maxLength: 40 }), async (calls) => {
        const clock = new VirtualClock(0);
        const window = new TokenWindow(60, 1000, 100);
        const starts: { index: number; time: number; tokens: number }[] = [];
        for (const [index, { wait, tokens }] of calls.entries()) {
          await clock.advance(wait);
          window.enter(clock, tokens, () => starts.push({ index, time: clock.now(), tokens }));
        }
        await clock.advance(60_000);
        expect(starts.map(({ index }) => index)).toEqual(calls.map((_call, index) => index));
        for (const { time } of starts) {
          const within = starts.filter((one) => one.time <= time && one.time > time - 1000);
          expect(within.reduce((sum, { tokens }) => sum + tokens, 0)).toBeLessThanOrEqual(60);
        }
        expect(clock.pending).toBe(0);
      }),
      { numRuns: 100 },
    );
  });
});
