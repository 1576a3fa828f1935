import { type Clock, VirtualClock } from '@espalier/core';
import { describe, expect, it } from '@jest/globals';
import { sqlite } from '../src/index.js';
import { startOf } from './histories.js';
import { newFile } from './new-file.js';

/** A clock that knows all its timers, those in the background as well. */
function watchedClock() {
  const virtual = new VirtualClock();
  const timers = new Set<object>();
  const clock: Clock = {
    now: () => virtual.now(),
    setTimer(delay, callback, background) {
      const timer = {};
      timers.add(timer);
      const fire = (): void => {
        timers.delete(timer);
        callback();
      };
      const cancel = virtual.setTimer(delay, fire, background);
      return () => {
        timers.delete(timer);
        cancel();
      };
    },
  };
  return { clock, timers, virtual };
}

describe('signs of life', () => {
  it('are given while a run is held, and no longer', async () => {
    const { clock, timers } = watchedClock();
    await using store = sqlite(newFile(), { clock });
    const others = timers.size;
    const lease = await store.create(startOf({ runId: 'r1' }), 'a');
    expect(timers.size).toBe(others + 1);
    await store.release(lease);
    expect(timers.size).toBe(others);
  });
});

describe('a store that is closed', () => {
  it('leaves no timer, also where a run was being taken just then', async () => {
    const { clock, timers, virtual } = watchedClock();
    const file = newFile();
    const store = sqlite(file, { clock });
    await store.create(startOf({ runId: 'r1' }), 'a');
    store.onAnswer('r1', () => {});
    store.onAppend('r1', () => {});
    store.requests.onRequest(() => {});
    const late = store.create(startOf({ runId: 'r2' }), 'a');
    await store.close();
    expect(await late).toMatchObject({ runId: 'r2' });
    expect(timers.size).toBe(0);
    store.requests.onReply('id', () => {});
    store.requests.onRequest(() => {});
    await virtual.advance('1 minute');
    expect(timers.size).toBe(0);
    await using again = sqlite(file, { clock });
    expect(again.list()).toMatchObject([{ owned: false }, { owned: false }]);
  });
});
