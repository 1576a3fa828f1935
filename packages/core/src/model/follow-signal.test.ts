import { getEventListeners } from 'node:events';
import { describe, expect, it } from '@jest/globals';
import { followSignal } from './follow-signal.js';

describe('a signal that follows another', () => {
  it('is aborted with it, for its reason, before and after', () => {
    const outer = new AbortController();
    const before = followSignal(outer.signal);
    const reason = new Error('enough');
    outer.abort(reason);
    expect(before.signal.reason).toBe(reason);
    expect(followSignal(outer.signal).signal.reason).toBe(reason);
  });

  it('is let go of, with all that listens to it', () => {
    const outer = new AbortController();
    const { signal, release } = followSignal(outer.signal);
    signal.addEventListener('abort', () => undefined);
    release();
    expect(getEventListeners(outer.signal, 'abort')).toEqual([]);
    outer.abort();
    expect(signal.aborted).toBe(false);
  });

  it('can be aborted by itself', () => {
    const outer = new AbortController();
    const { signal, abort } = followSignal(outer.signal);
    abort();
    expect([signal.aborted, outer.signal.aborted]).toEqual([true, false]);
  });
});
