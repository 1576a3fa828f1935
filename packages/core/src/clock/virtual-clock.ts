import { describeValue, EspalierError } from '../errors/espalier-error.js';
import type { CancelTimer, Clock } from './clock.js';
import { type Duration, milliseconds } from './duration.js';

interface Timer {
  readonly at: number;
  readonly order: number;
  readonly callback: () => void;
  readonly background: boolean;
}

/**
 * A clock that stands still until it is told to move: tests of hours run in milliseconds.
 *
 * @example
 * const clock = new VirtualClock();
 * const espalier = await createEspalier({ workflows: [slow], clock });
 * const run = espalier.start(slow, input);
 * await clock.advance('3 days'); // every timer due in between has fired, in order
 */
export class VirtualClock implements Clock {
  #now: number;
  #order = 0;
  readonly #timers = new Set<Timer>();

  /** @param start milliseconds since the Unix epoch. @default 2026-01-01T00:00:00Z */
  constructor(start: number = Date.UTC(2026, 0, 1)) {
    this.#now = start;
  }

  now(): number {
    return this.#now;
  }

  /** How many timers wait. A finished run leaves none. Those in the background do not count. */
  get pending(): number {
    let count = 0;
    for (const { background } of this.#timers) if (!background) count += 1;
    return count;
  }

  setTimer(delay: number, callback: () => void, background = false): CancelTimer {
    if (!(Number.isFinite(delay) && delay >= 0)) {
      const got = describeValue(delay);
      throw new EspalierError('option-invalid', `setTimer: expected a delay from 0 in milliseconds, got ${got}.`);
    }
    const timer: Timer = { at: this.#now + delay, order: this.#order++, callback, background };
    this.#timers.add(timer);
    return () => this.#timers.delete(timer);
  }

  /**
   * Moves the time on, firing what falls due in order of time, and lets promises settle in between.
   * @param delay milliseconds, or a duration such as `'3 days'`
   */
  async advance(delay: Duration): Promise<void> {
    const end = this.#now + milliseconds(delay, 'VirtualClock.advance');
    await settle();
    for (let next = this.#next(end); next !== undefined; next = this.#next(end)) {
      this.#fire(next);
      await settle();
    }
    this.#now = end;
  }

  /**
   * Moves to the next timer and fires it, with all promises settled before and after. Those in the background that are
   * due until then fire on the way.
   * @returns whether there was one
   */
  async runNext(): Promise<boolean> {
    await settle();
    while (this.pending > 0) {
      const next = this.#next(Number.POSITIVE_INFINITY) as Timer;
      this.#fire(next);
      await settle();
      if (!next.background) return true;
    }
    return false;
  }

  /**
   * Moves from timer to timer until none waits, but for those in the background.
   * @param limit how many may fire before it is certain that they never end
   * @returns the milliseconds that passed
   */
  async runAll(limit = 1_000_000): Promise<number> {
    const start = this.#now;
    await settle();
    for (let fired = 0; fired < limit; fired++) {
      if (!(await this.runNext())) return this.#now - start;
    }
    const { pending } = this;
    if (pending === 0) return this.#now - start;
    throw new EspalierError(
      'option-invalid',
      `VirtualClock.runAll: ${limit} timers have fired and ${pending} still ${pending === 1 ? 'waits' : 'wait'}.`,
      { hint: 'Something sets timers without end: use advance(), or raise the limit.' },
    );
  }

  #fire(timer: Timer): void {
    this.#timers.delete(timer);
    this.#now = Math.max(this.#now, timer.at);
    timer.callback();
  }

  #next(end: number): Timer | undefined {
    let next: Timer | undefined;
    for (const timer of this.#timers) {
      if (timer.at > end) continue;
      if (next === undefined || timer.at < next.at || (timer.at === next.at && timer.order < next.order)) next = timer;
    }
    return next;
  }
}

/** Lets all promises that can settle do so: a turn of the event loop, not a number of microtasks. */
function settle(): Promise<void> {
  return new Promise((resolve) => {
    setTimeout(resolve, 0);
  });
}
