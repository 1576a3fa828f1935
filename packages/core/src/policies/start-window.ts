import type { CancelTimer, Clock } from '../clock/clock.js';

/**
 * Lets so many start in any period, wherever it begins; others queue in order, up to a bound.
 *
 * W1 A start is at least one period after the start that was `limit` before it.
 * W2 Who came first starts first. Who leaves the queue takes no start.
 * W3 There is one timer while somebody waits, and none otherwise.
 */
export class StartWindow {
  readonly #limit: number;
  readonly #period: number;
  readonly #queueLimit: number;
  /** The latest starts, as a ring: at most `limit`. */
  readonly #starts: number[] = [];
  #oldest = 0;
  readonly #queue = new Set<() => void>();
  #cancelTimer: CancelTimer | undefined;
  #pumping = false;

  constructor(limit: number, period: number, queueLimit: number) {
    this.#limit = limit;
    this.#period = period;
    this.#queueLimit = queueLimit;
  }

  /**
   * @param start called once it is allowed: at once, or from a timer
   * @returns what leaves the queue; nothing when the queue is full
   */
  enter(clock: Clock, start: () => void): (() => void) | undefined {
    const waits = this.#queue.size > 0 || this.#delay(clock.now()) > 0;
    if (waits && this.#queue.size >= this.#queueLimit) return undefined;
    if (!waits) {
      this.#take(clock.now());
      start();
      return () => {};
    }
    const waiting = (): void => start();
    this.#queue.add(waiting);
    this.#arm(clock);
    return () => {
      if (!this.#queue.delete(waiting) || this.#queue.size > 0) return;
      this.#cancelTimer?.();
      this.#cancelTimer = undefined;
    };
  }

  #pump(clock: Clock): void {
    this.#cancelTimer = undefined;
    this.#pumping = true;
    try {
      for (let [next] = this.#queue; next !== undefined && this.#delay(clock.now()) === 0; [next] = this.#queue) {
        this.#queue.delete(next);
        this.#take(clock.now());
        next();
      }
    } finally {
      this.#pumping = false;
      this.#arm(clock);
    }
  }

  #arm(clock: Clock): void {
    if (this.#pumping || this.#cancelTimer !== undefined || this.#queue.size === 0) return;
    this.#cancelTimer = clock.setTimer(this.#delay(clock.now()), () => this.#pump(clock));
  }

  /** Milliseconds until a start is allowed. */
  #delay(now: number): number {
    if (this.#starts.length < this.#limit) return 0;
    return Math.max(0, (this.#starts[this.#oldest] as number) + this.#period - now);
  }

  #take(now: number): void {
    if (this.#starts.length < this.#limit) {
      this.#starts.push(now);
      return;
    }
    this.#starts[this.#oldest] = now;
    this.#oldest = (this.#oldest + 1) % this.#limit;
  }
}
