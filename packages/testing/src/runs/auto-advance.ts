import type { VirtualClock } from '@espalier/core';
import { EspalierError } from '@espalier/core';

export interface AutoAdvanceOptions {
  /** How many timers may fire before it is certain that they never end. @default 1_000_000 */
  readonly limit?: number;
  /** Real milliseconds to wait before time moves on: for tools and services that do real input and output. @default 0 */
  readonly settle?: number;
  /** Asked before time moves on: whether it may. @default always */
  readonly mayAdvance?: () => boolean;
  /** Called when nothing is left to fire and the promise has not settled; it may throw. */
  readonly onIdle?: () => void;
}

/**
 * Moves a virtual clock from timer to timer until a promise settles, and gives its value: hours of backoff in
 * milliseconds. While files are read (as when a module is loaded), time stands still.
 *
 * @example
 * const run = espalier.start(workflow, input);
 * const report = await autoAdvance(clock, run.result);
 * @throws option-invalid when timers fire without end
 * @since 0.1.0
 */
export async function autoAdvance<T>(
  clock: VirtualClock,
  until: PromiseLike<T>,
  { limit = 1_000_000, settle = 0, mayAdvance = () => true, onIdle = () => {} }: AutoAdvanceOptions = {},
): Promise<T> {
  let settled = false;
  const done = (): void => {
    settled = true;
  };
  const ended = Promise.resolve(until);
  ended.then(done, done);
  let fired = 0;
  for (await pause(settle); !settled; await pause(settle)) {
    if (readsFiles() || !mayAdvance()) {
      await pause(1);
    } else if (!(await clock.runNext())) {
      if (!settled) onIdle();
    } else if (++fired > limit) {
      throw new EspalierError('option-invalid', `autoAdvance: ${limit} timers have fired, and more wait.`, {
        hint: 'Something sets timers without end: find it, or raise `limit`.',
      });
    }
  }
  return ended;
}

/** Real time: a turn of the event loop at least, so that all promises that can settle do so. */
const pause = (delay: number): Promise<void> =>
  new Promise((resolve) => {
    if (delay > 0) setTimeout(resolve, delay);
    else setImmediate(resolve);
  });

const readsFiles = (): boolean => process.getActiveResourcesInfo().some((resource) => resource.startsWith('FSReq'));
