import type { CancelTimer, Clock } from '../clock/clock.js';

interface Use {
  readonly time: number;
  tokens: number;
}

interface Waiting {
  readonly tokens: number;
  readonly start: () => void;
}

/**
 * Lets so many tokens be used in any period, wherever it begins; other calls queue in order, up to a bound.
 *
 * T1 What started within the last period, and the next call's expected tokens, are within the limit together; a call that
 *    is larger than the limit starts when the window is empty.
 * T2 Who came first starts first. Who leaves the queue uses nothing.
 * T3 There is one timer while somebody waits, and none otherwise.
 */
export class TokenWindow {
  readonly #limit: number;
  readonly #period: number;
  readonly #queueLimit: number;
  readonly #uses = new Set<Use>();
  readonly #queue = new Map<Waiting, Clock>();
  #used = 0;
  #cancelTimer: CancelTimer | undefined;
  #pumping = false;

  constructor(limit: number, period: number, queueLimit: number) {
    this.#limit = limit;
    this.#period = period;
    this.#queueLimit = queueLimit;
  }

  /**
   * @param tokens that the call is expected to use
   * @param start called once it is allowed, at once or from a timer; it gets what to tell of the tokens that were used
   * @returns what leaves the queue; nothing when the queue is full
   */
  enter(clock: Clock, tokens: number, start: (settle: (used: number) => void) => void): (() => void) | undefined {
    const begin = (): void => {
      const use = this.#take(tokens, clock.now());
      start((used) => this.#settle(use, used, clock));
    };
    const waits = this.#queue.size > 0 || this.#delay(tokens, clock.now()) > 0;
    if (!waits) {
      begin();
      return () => {};
    }
    if (this.#queue.size >= this.#queueLimit) return undefined;
    const waiting: Waiting = { tokens, start: begin };
    this.#queue.set(waiting, clock);
    if (this.#queue.size === 1) this.#arm();
    return () => {
      if (this.#queue.delete(waiting)) this.#arm();
    };
  }

  #pump(clock: Clock): void {
    if (this.#pumping) return;
    this.#pumping = true;
    try {
      for (let [next] = this.#queue.keys(); next !== undefined; [next] = this.#queue.keys()) {
        if (this.#delay(next.tokens, clock.now()) > 0) break;
        this.#queue.delete(next);
        next.start();
      }
    } finally {
      this.#pumping = false;
      this.#arm();
    }
  }

  /** One timer for the first in the queue. */
  #arm(): void {
    this.#cancelTimer?.();
    this.#cancelTimer = undefined;
    const [first] = this.#queue;
    if (first === undefined) return;
    const [{ tokens }, clock] = first;
    this.#cancelTimer = clock.setTimer(this.#delay(tokens, clock.now()), () => {
      this.#cancelTimer = undefined;
      this.#pump(clock);
    });
  }

  /** Milliseconds until so many tokens may be used. */
  #delay(tokens: number, now: number): number {
    for (const use of this.#uses) {
      if (use.time + this.#period > now) break;
      this.#uses.delete(use);
      this.#used -= use.tokens;
    }
    let over = this.#used + Math.min(tokens, this.#limit) - this.#limit;
    if (over <= 0) return 0;
    for (const use of this.#uses) {
      over -= use.tokens;
      if (over <= 0) return use.time + this.#period - now;
    }
    return 0;
  }

  #settle(use: Use, used: number, clock: Clock): void {
    if (!this.#uses.has(use)) return; // a period ago
    this.#used += used - use.tokens;
    use.tokens = used;
    this.#pump(clock);
  }

  #take(tokens: number, time: number): Use {
    const use = { time, tokens };
    this.#uses.add(use);
    this.#used += tokens;
    return use;
  }
}
